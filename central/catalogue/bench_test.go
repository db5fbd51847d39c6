package catalogue

import (
	"fmt"
	"testing"

	"madoguchi/central/db/dbtest"
	"madoguchi/library"
)

func BenchmarkImport(b *testing.B) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			c := New(Config{DB: dbtest.Open(b, dsn(b))})
			if err := c.PutBranch(b.Context(), library.Branch{Code: "chuo", Name: "中央図書館"}); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			_, err := c.Import(b.Context(), Import{
				Records: Plain(func(yield func(library.Record, error) bool) {
					for n := range b.N {
						id := fmt.Sprintf("b%08d", n)
						if !yield(book(id, copyAt("chuo", "i"+id)), nil) {
							return
						}
					}
				}),
				LeftOut: func(_ int, err error) error { return err },
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
