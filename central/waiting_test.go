package central_test

import (
	"testing"
	"time"

	"net/http/httptest"

	"madoguchi/central/protocol"
)

// TestChangesWait: a question for changes that finds none is answered when there is
// one.
func TestChangesWait(t *testing.T) {
	each(t, func(t *testing.T, s *server) {
		on := httptest.NewServer(s)
		defer on.Close()
		client, err := protocol.NewClient(on.URL, s.enrol(), on.Client())
		if err != nil {
			t.Fatal(err)
		}
		log, err := s.catalogue.Log(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		nothing, err := client.Changes(t.Context(), log.Epoch, log.Number, log.Mark, time.Millisecond)
		if err != nil || len(nothing.Rows) != 0 || nothing.Upto != log.Number {
			t.Errorf("nothing changed: %+v, %v", nothing, err)
		}
		var got protocol.Changes
		asked := make(chan error, 1)
		go func() {
			var err error
			got, err = client.Changes(t.Context(), log.Epoch, log.Number, log.Mark, time.Hour) // the server has its own limit
			asked <- err
		}()
		s.put(1, 2)
		if err := <-asked; err != nil || len(got.Rows) == 0 || got.Upto <= log.Number {
			t.Errorf("after a change: %+v, %v", got, err)
		}
		wantProblem(t, s.do("GET", "/v1/catalogue/changes?epoch="+log.Epoch+"&after=0&wait=-1", "", "Authorization", "Bearer "+s.enrol()), 400, protocol.CodeBadRequest)
	})
}
