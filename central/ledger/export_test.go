package ledger

// ActiveHold is activeHold.
const ActiveHold = activeHold
