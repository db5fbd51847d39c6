package library

import "slices"

// Ability is something that the library's circulation can do for patrons beside saying
// what they have on loan and on hold.
type Ability string

// The abilities.
const (
	AbilityRenew        Ability = "renew"
	AbilityHold         Ability = "hold"
	AbilityHoldSequence Ability = "hold_sequence" // one hold after the other (順番予約)
	AbilityHoldCancel   Ability = "hold_cancel"
	AbilityHoldChange   Ability = "hold_change"  // pickup branch and way of contact
	AbilityHoldContact  Ability = "hold_contact" // how to be told is chosen for each hold
	AbilityEmail        Ability = "email"        // an address is registered, changed and deleted
	AbilityPassword     Ability = "password"     // a password is applied for, changed, and issued for a time
	AbilityDesk         Ability = "desk"         // loans and returns at the counter
)

// Abilities are all there are: those of a circulation of our own.
var Abilities = []Ability{
	AbilityRenew, AbilityHold, AbilityHoldSequence, AbilityHoldCancel, AbilityHoldChange, AbilityHoldContact,
	AbilityEmail, AbilityPassword, AbilityDesk,
}

// Can reports whether the library's circulation can do something. A server that says
// nothing of abilities, being older than they are, can do everything.
func (s Site) Can(a Ability) bool { return s.Abilities == nil || slices.Contains(s.Abilities, a) }
