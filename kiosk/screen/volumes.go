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
	into(v, list, func(ctx context.Context) (library.Volumes, error) {
		return cat.Volumes(ctx, v.route.Bib, v.route.Query, v.route.Offset, per)
	}, func(vols library.Volumes) fyne.CanvasObject {
		put(foot, widget.Row(theme.Gap, v.pager(per, vols.Count, false)...))
		return v.recordRows(vols.Records)
	})
	return content{title: v.t("detail.volumes_title"), body: list, footer: []fyne.CanvasObject{foot}}
}
