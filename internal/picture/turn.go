package picture

import "image"

// turned gives a picture as it was seen, where the camera was held in another way:
// turn is that of metadata.
func turned(img *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if turn >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			X, Y := x, y
			switch turn {
			case 2:
				X = w - 1 - x
			case 3:
				X, Y = w-1-x, h-1-y
			case 4:
				Y = h - 1 - y
			case 5:
				X, Y = y, x
			case 6:
				X, Y = h-1-y, x
			case 7:
				X, Y = h-1-y, w-1-x
			case 8:
				X, Y = y, w-1-x
			}
			from, to := img.PixOffset(x, y), out.PixOffset(X, Y)
			copy(out.Pix[to:to+4], img.Pix[from:from+4])
		}
	}
	return out
}
