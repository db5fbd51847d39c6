package screen

import "madoguchi/library"

// Page names a screen.
type Page string

// The screens. Each has a line in the table of pages below.
const (
	PageHome     Page = "home"
	PageSearch   Page = "search"
	PageAdvanced Page = "advanced"
	PageResults  Page = "results"
	PageFilter   Page = "filter"
	PageDetail   Page = "detail"
	PageVolumes  Page = "volumes"
	PageBrowse   Page = "browse"
	PageArrivals Page = "arrivals"
	PageGuide    Page = "guide"
	PageDisplay  Page = "display"
	PageSlip     Page = "slip"
	PageCard     Page = "card"
	PagePassword Page = "password"
	PageMenu     Page = "menu"
	PageLoans    Page = "loans"
	PageCart     Page = "cart"
	PageSequence Page = "sequence"
	PageConfirm  Page = "confirm"
	PageHeld     Page = "held"
	PageHolds    Page = "holds"
	PageHold     Page = "hold"

	PageVolumeNumber Page = "volume_number"
	PageLists        Page = "lists"
	PageList         Page = "list"

	PageRequest         Page = "request"
	PageRequestPickup   Page = "request_pickup"
	PageRequestCard     Page = "request_card"
	PageRequestPassword Page = "request_password"
	PageRequested       Page = "requested"
	PageRequestResults  Page = "request_results"

	PageTerms       Page = "terms"
	PageApplyCard   Page = "apply_card"
	PageBirth       Page = "birth"
	PagePhone       Page = "phone"
	PageNewPassword Page = "new_password"
	PageApplied     Page = "applied"
	PageNotApplied  Page = "not_applied"
	PageMustChange  Page = "must_change"
	PageChange      Page = "change"

	PageEmail       Page = "email"
	PageEmailEdit   Page = "email_edit"
	PageEmailMeant  Page = "email_meant"
	PageEmailCode   Page = "email_code"
	PageEmailAdvice Page = "email_advice"

	PageStaffName     Page = "staff_name"
	PageStaffPassword Page = "staff_password"
	PageStaff         Page = "staff"
	PageStaffCard     Page = "staff_card"
	PageStaffPatron   Page = "staff_patron"
	PageTemporary     Page = "temporary"
	PageCalls         Page = "calls"
	PageMachine       Page = "machine"
	PageScanTest      Page = "scan_test"
)

// page is what the App knows of a screen before it builds one.
type page struct {
	build func(*visit) content
	flow  flow            // the group of screens that it is one of
	login bool            // of a login
	staff bool            // of the staff menu, or leads to it
	over  bool            // stands over the screen before it, whose flow goes on
	needs library.Ability // of the library's circulation, without which it is not shown; "": none

	noCatalogue bool // is there also while there is no catalogue to search
	noCart      bool // its footer does not lead to the cart
}

// beforeLogin reports whether the screen stands between a patron and where a login leads:
// as one of the login, of an application for a password, or of what is left instead.
func (p page) beforeLogin() bool { return p.login || p.flow == toApply || p.flow == toRequest }

// A flow is a group of screens on which something is entered bit by bit: see entries.
type flow string

// The flows.
const (
	noFlow    flow = ""
	toApply   flow = "apply"   // for a password
	toRequest flow = "request" // what is left while the server is away
	toEmail   flow = "email"   // registering an address
	toServe   flow = "serve"   // a patron, as staff
)

// pageTable is the one list of all screens. A new one needs a constant above and a line
// here, its function in a file of its own, its wordings in assets/wording, and a situation
// of which the tests make pictures; what it remembers of a person belongs in memory.
func pageTable() map[Page]page {
	return map[Page]page{
		PageHome:     {build: home},
		PageSearch:   {build: search},
		PageAdvanced: {build: advanced},
		PageResults:  {build: results},
		PageFilter:   {build: filter},
		PageDetail:   {build: detail},
		PageVolumes:  {build: volumes},
		PageBrowse:   {build: browse},
		PageArrivals: {build: arrivals},
		PageGuide:    {build: guide, noCatalogue: true},
		PageDisplay:  {build: display, over: true, noCatalogue: true},
		PageSlip:     {build: slipShown, over: true},
		PageCard:     {build: card, login: true, noCart: true},
		PagePassword: {build: password, login: true, noCart: true},
		PageMenu:     {build: menu},
		PageLoans:    {build: loans},
		PageCart:     {build: cart, needs: library.AbilityHold, noCart: true},
		PageSequence: {build: sequence, needs: library.AbilityHoldSequence, noCart: true},
		PageConfirm:  {build: confirm, needs: library.AbilityHold, noCart: true},
		PageHeld:     {build: held, needs: library.AbilityHold, noCart: true},
		PageHolds:    {build: holds},
		PageHold:     {build: oneHold},

		PageVolumeNumber: {build: volumeNumber},
		PageLists:        {build: lists},
		PageList:         {build: list},

		PageRequest:         {build: requestBegin, flow: toRequest, noCart: true},
		PageRequestPickup:   {build: requestPickup, flow: toRequest, noCart: true},
		PageRequestCard:     {build: requestCard, flow: toRequest, noCart: true},
		PageRequestPassword: {build: requestPassword, flow: toRequest, noCart: true},
		PageRequested:       {build: requested, flow: toRequest, noCart: true},
		PageRequestResults:  {build: requestResults},

		PageTerms:       {build: terms, needs: library.AbilityPassword, flow: toApply, noCart: true},
		PageApplyCard:   {build: applyCard, needs: library.AbilityPassword, flow: toApply, noCart: true},
		PageBirth:       {build: applyBirth, needs: library.AbilityPassword, flow: toApply, noCart: true},
		PagePhone:       {build: applyPhone, needs: library.AbilityPassword, flow: toApply, noCart: true},
		PageNewPassword: {build: newPassword, needs: library.AbilityPassword, flow: toApply, noCart: true},
		PageNotApplied:  {build: notApplied, needs: library.AbilityPassword, flow: toApply, noCart: true},
		PageApplied:     {build: applied, needs: library.AbilityPassword, login: true, noCart: true},
		PageMustChange:  {build: mustChange, needs: library.AbilityPassword, login: true, noCart: true},
		PageChange:      {build: changePassword, needs: library.AbilityPassword},

		PageEmail:       {build: email, needs: library.AbilityEmail, flow: toEmail},
		PageEmailEdit:   {build: emailEdit, needs: library.AbilityEmail, flow: toEmail},
		PageEmailMeant:  {build: emailMeant, needs: library.AbilityEmail, flow: toEmail},
		PageEmailCode:   {build: emailCode, needs: library.AbilityEmail, flow: toEmail},
		PageEmailAdvice: {build: emailAdvice, needs: library.AbilityEmail, flow: toEmail},

		PageStaffName:     {build: staffName, staff: true, noCatalogue: true},
		PageStaffPassword: {build: staffPassword, staff: true, noCatalogue: true},
		PageStaff:         {build: staffMenu, staff: true, noCatalogue: true},
		PageStaffCard:     {build: staffCard, flow: toServe, staff: true, noCatalogue: true},
		PageStaffPatron:   {build: staffPatron, flow: toServe, staff: true, noCatalogue: true},
		PageTemporary:     {build: temporary, needs: library.AbilityPassword, flow: toServe, staff: true, noCatalogue: true},
		PageCalls:         {build: calls, needs: library.AbilityDesk, staff: true, noCatalogue: true},
		PageMachine:       {build: machine, staff: true, noCatalogue: true},
		PageScanTest:      {build: scanTest, staff: true, noCatalogue: true},
	}
}

// build makes the screen of a visit, or says that there is nothing to search yet.
func (a *App) build(v *visit) content {
	p := a.pages[v.route.Page]
	if !a.state.Searchable && !p.noCatalogue {
		return waiting(v)
	}
	return p.build(v)
}

// staffed reports whether the screen belongs to staff, and looks like it.
func (a *App) staffed() bool { return a.staff != nil || a.pages[a.route.Page].staff }
