package madoguchi

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write THIRD-PARTY.md anew")

// TestThirdParty holds THIRD-PARTY.md against what is linked into the three programs, and
// against the licences of that as they lie beside its source.
func TestThirdParty(t *testing.T) {
	const path = "THIRD-PARTY.md"
	want := thirdParty(t)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s does not fit what is linked; look at the difference after: go test . -run ThirdParty -update", path)
	}
}

// dependency is a module of which something is linked.
type dependency struct {
	name, version string
	texts         map[string]string // the licences and notices of what is linked, with the names of their files
}

func thirdParty(t *testing.T) []byte {
	modules := linkedModules(t)
	var doc bytes.Buffer
	doc.WriteString(`# Third-party notices

What is linked into the programs central, kiosk and scanner, and under which licences. The texts follow, each with the modules that it is for. This file is written and checked by a test: ` + "`go test . -run ThirdParty -update`" + `.

| module | version | licences |
|---|---|---|
`)
	users := map[string][]string{} // of a text
	for _, m := range modules {
		names := map[string]bool{}
		for text, file := range m.texts {
			users[text] = append(users[text], m.name)
			known := licencesIn(text)
			if len(known) == 0 && !strings.HasPrefix(file, "NOTICE") {
				t.Errorf("%s has in %s a licence that this test does not know: look whether we may link it, and tell it its name", m.name, file)
			}
			for _, name := range known {
				names[name] = true
			}
		}
		if len(names) == 0 {
			t.Errorf("%s has no licence", m.name)
		}
		fmt.Fprintf(&doc, "| %s | %s | %s |\n", m.name, m.version, strings.Join(slices.Sorted(maps.Keys(names)), ", "))
	}
	texts := slices.SortedFunc(maps.Keys(users), func(a, b string) int {
		return strings.Compare(strings.Join(users[a], " ")+a, strings.Join(users[b], " ")+b)
	})
	for _, text := range texts {
		fmt.Fprintf(&doc, "\n## %s\n\n````text\n%s\n````\n", strings.Join(users[text], ", "), text)
	}
	return doc.Bytes()
}

// linkedModules returns the standard library and all modules but ours of which a program
// has a package.
func linkedModules(t *testing.T) (all []*dependency) {
	t.Helper()
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	std := &dependency{name: "Go's standard library", version: "-", texts: map[string]string{}}
	std.read(t, strings.TrimSpace(string(goroot)))
	byName := map[string]*dependency{}
	for _, line := range goList(t, "{{with .Module}}{{.Path}}\t{{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}", "-deps", "./cmd/...") {
		name, rest, ok := strings.Cut(line, "\t")
		if !ok || name+"/" == module {
			continue // the standard library's, or ours
		}
		fields := strings.Split(rest, "\t")
		m := byName[name]
		if m == nil {
			m = &dependency{name: name, version: fields[0], texts: map[string]string{}}
			byName[name] = m
		}
		root, dir := fields[1], fields[2]
		m.read(t, dir)
		for _, below := range dataIn(t, dir) {
			m.read(t, below)
		}
		for dir != root {
			dir = filepath.Dir(dir)
			m.read(t, dir)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		all = append(all, byName[name])
	}
	return append(all, std)
}

// dataIn returns the folders in a package's folder that are no packages themselves: C
// and what is embedded.
func dataIn(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		below := filepath.Join(dir, e.Name())
		source, err := filepath.Glob(filepath.Join(below, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		if e.IsDir() && e.Name() != "testdata" && len(source) == 0 {
			all = append(all, below)
		}
	}
	return all
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|ofl)([-_.][^.]*)?(\.txt|\.md)?$`)

// read reads the licences and notices that lie in a folder.
func (m *dependency) read(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() || !licenceFile.MatchString(e.Name()) || e.Name() == "LICENSE-LOGO" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
		for i := range lines {
			lines[i] = strings.TrimRight(lines[i], " \t\f")
		}
		m.texts[strings.Trim(strings.Join(lines, "\n"), "\n")] = e.Name()
	}
}

// licencesIn returns the names of the licences in a text, as SPDX has them.
func licencesIn(text string) (names []string) {
	text = strings.Join(strings.Fields(text), " ")
	has := func(phrase string) bool { return strings.Contains(strings.ToLower(text), strings.ToLower(phrase)) }
	for _, l := range []struct {
		name string
		is   bool
	}{
		{"Apache-2.0", has("Apache License") && has("Version 2.0")},
		{"BSD-2-Clause", has("Redistribution and use in source and binary forms") && !has("Neither the name")},
		{"BSD-3-Clause", has("Neither the name")},
		{"Bitstream-Vera", has("Bitstream Vera")},
		{"CC-BY-4.0", has("Creative Commons Attribution 4.0")},
		{"CC0-1.0", has("CC0 1.0 Universal")},
		{"ISC", has("Permission to use, copy, modify, and") && has("with or without fee")},
		{"MIT", has("Permission is hereby granted, free of charge, to any person obtaining a copy of this software")},
		{"MPL-2.0", has("Mozilla Public License Version 2.0")},
		{"OFL-1.1", has("SIL Open Font License")},
		{"Zlib", has("must not be misrepresented") && has("altered source versions")},
		{"public domain", has("dedicated to the public domain")},
	} {
		if l.is {
			names = append(names, l.name)
		}
	}
	return names
}
