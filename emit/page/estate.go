package page

func (w *printer) estate() {}

func (w *printer) timeline() {}
