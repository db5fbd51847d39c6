package circulationtest_test

import (
	"os"
	"testing"

	"madoguchi/central/db/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }
