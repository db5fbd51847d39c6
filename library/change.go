package library

// Change is one put or delete of the catalogue, as the central server numbers them and
// terminals apply them. Exactly one field is set.
type Change struct {
	PutBib       *Bib          `json:"put_bib,omitempty"`
	DeleteBib    BibID         `json:"delete_bib,omitempty"` // with its items
	PutItem      *Item         `json:"put_item,omitempty"`
	DeleteItem   ItemID        `json:"delete_item,omitempty"`
	Availability *Availability `json:"availability,omitempty"`
	PutList      *List         `json:"put_list,omitempty"`
	DeleteList   string        `json:"delete_list,omitempty"` // by its name
}
