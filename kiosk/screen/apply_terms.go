package screen

// terms are the first step of an application.
func terms(v *visit) content {
	c := v.termsToAgree(v.question(v.t("apply.terms"), v.t("apply.terms_about")), v.agree)
	c.scanned = v.applicantScanned(v.app.say)
	return c
}

// agree goes on to the card, or past it where it was read already.
func (v *visit) agree(version string) {
	asked := v.app.application
	asked.terms = version
	next := Route{Page: PageApplyCard}
	if asked.card != "" {
		next.Page = PageBirth
	}
	v.app.open(next)
}
