package screen

import (
	"context"

	"fyne.io/fyne/v2"

	"madoguchi/kiosk/theme"
	"madoguchi/kiosk/widget"
	"madoguchi/library"
)

// volumes lists the volumes of a work or series in their order.
func volumes(v *visit) content {
	list, foot := newSlot(), newSlot()
	per := v.rowsFor(v.bodySize().Height)
	cat := v.app.cfg.Catalogue
	into(v, list, func(ctx context.Context) ([]library.Record, error) {
		bibs, err := cat.Volumes(ctx, v.route.Bib)
		if err != nil {
			return nil, err
		}
		records := make([]library.Record, 0, len(bibs))
		for _, b := range bibs {
			r, err := cat.Record(ctx, b.ID)
			if err != nil {
				return nil, err
			}
			records = append(records, r)
		}
		return records, nil
	}, func(all []library.Record) fyne.CanvasObject {
		first := min(v.route.Offset, len(all))
		put(foot, widget.Row(theme.Gap, v.pager(per, len(all), false)...))
		return v.recordRows(all[first:min(first+per, len(all))])
	})
	return content{title: v.t("detail.volumes_title"), body: list, footer: []fyne.CanvasObject{foot}}
}
