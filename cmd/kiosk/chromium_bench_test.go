package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// browser is what a browser took to show one page.
type browser struct {
	start, cold float64 // s
	pss         float64 // MB
	idle        float64 // %
}

// searchPage is the least that a web terminal would show: a field and a button.
const searchPage = `<!doctype html><html lang="ja"><meta charset="utf-8"><title>検索</title>
<style>body { margin: 0; background: #0b5e5a; font: 28px sans-serif } form { margin: 200px; padding: 40px; background: #fefdf8 } input, button { font: inherit; height: 72px }</style>
<form><h1>資料をさがす</h1><p>題名や、書いた人の名前を入力してください</p><input name="q" size="30"> <button>検索</button></form></html>`

// The colour of the page's ground.
const pageGround = 0x0b5e5a

// measureChromium shows a plain local page in Debian's Chromium, as a web terminal
// would be set up. Where Chromium is not installed it says so and measures nothing.
func measureChromium(b *testing.B) (c browser) {
	b.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		b.Log("chromium is not installed, so that there is nothing to compare the window with: make bench ONLY=window installs it")
		return c
	}
	dir := b.TempDir()
	page := filepath.Join(dir, "page.html")
	write(b, page, searchPage)
	display, _ := newDisplay(b, dir, "1280x1024")
	picture := openPicture(b, dir)
	profile := filepath.Join(dir, "profile")
	args := []string{"--kiosk", "--no-first-run", "--noerrdialogs", "--disable-infobars", "--window-size=1280,1024", "--window-position=0,0", "--user-data-dir=" + profile, "file://" + page}
	if os.Getuid() == 0 {
		args = append(args, "--no-sandbox") // it does not start as root with one
	}
	shown := func() bool {
		return picture.colour(20, 20) == pageGround && picture.colour(1260, 1000) == pageGround && picture.colour(220, 220) != pageGround
	}
	once := func() (*program, float64) {
		picture.until(b, "the display keeps its picture", func() bool { return !shown() })
		began := time.Now()
		p := start(b, filepath.Join(dir, "chromium.log"), []string{"DISPLAY=" + display, "HOME=" + dir}, "chromium", args...)
		return p, picture.until(b, "chromium does not show the page", shown).Sub(began).Seconds()
	}
	p, _ := once() // makes its profile
	time.Sleep(5 * time.Second)
	files := mapped(family(b, p.cmd.Process.Pid, profile))
	p.stop()
	var warm, cold []float64
	for range 5 {
		p, took := once()
		warm = append(warm, took)
		time.Sleep(time.Second)
		p.stop()
	}
	for range 3 {
		forget(files)
		p, took := once()
		cold = append(cold, took)
		time.Sleep(time.Second)
		p.stop()
	}
	p, _ = once()
	time.Sleep(10 * time.Second) // until it has done what it does after a start
	all := family(b, p.cmd.Process.Pid, profile)
	c = browser{start: percentile(warm, 50), cold: percentile(cold, 50), idle: idleCPU(all, resting)}
	c.pss = pss(b, all)
	p.stop()
	return c
}
