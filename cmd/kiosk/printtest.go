package main

import (
	"errors"
	"fmt"
	"time"

	"madoguchi/kiosk/printer"
	"madoguchi/kiosk/slip"
	"madoguchi/kiosk/theme"
	"madoguchi/library"
)

type printTestCommand struct{}

// Run prints a slip with one of everything that slips hold.
func (printTestCommand) Run(e *env) error {
	s := e.config.Printer
	if s.Device == "" {
		return errors.New("no printer is set: set [printer] device in kiosk.toml")
	}
	p, err := printer.New(s)
	if err != nil {
		return err
	}
	fonts, err := theme.LoadFonts(e.config.Font)
	if err != nil {
		return err
	}
	typeface, err := slip.ParseTypeface(fonts.Regular.Content(), fonts.Bold.Content())
	if err != nil {
		return err
	}
	if err := p.Print(e.ctx, slip.Draw(testSlip(time.Now()), s.Width(), typeface)); err != nil {
		return err
	}
	fmt.Fprintln(e.stdout, "The test slip was printed.")
	return nil
}

func testSlip(now time.Time) slip.Slip {
	plan := library.FloorPlan{Floor: "1階", Width: 100, Height: 60, Here: &library.PlanPoint{X: 50, Y: 54}, Shelves: []library.PlanShelf{
		{Name: "児童", X: 4, Y: 4, Width: 40, Height: 12},
		{Name: "参考", X: 56, Y: 4, Width: 40, Height: 12},
		{Name: "文学", X: 4, Y: 28, Width: 40, Height: 12},
		{Name: "郷土", X: 56, Y: 28, Width: 40, Height: 12},
	}}
	return slip.Slip{
		Title: "印刷のテスト",
		Lines: []slip.Line{
			{Kind: slip.Text, Text: "上の太い線が紙の左右いっぱいにあれば、紙の幅の設定（paper）は合っています。"},
			{Kind: slip.Rule},
			{Kind: slip.Strong, Text: "吾輩は猫である"},
			{Kind: slip.Small, Text: "小さな文字：鬱・鷗・髙・﨑・薔薇"},
			{Kind: slip.Pair, Label: "場所", Text: "文学の棚"},
			{Kind: slip.Large, Text: "ABC-123"},
			{Kind: slip.CallNo, Text: "913.6/ナ"},
			{Kind: slip.Plan, Plan: plan, Shelf: "文学", Here: "いまここ"},
			{Kind: slip.Blank, Label: "書いてみる"},
		},
		Foot: []string{now.Format("2006-01-02 15:04") + " kiosk print-test"},
	}
}
