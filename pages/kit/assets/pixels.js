// Small pictures in the browser: bytes, three a pixel, onto canvases that are enlarged by the browser.
import { bytesOf, element } from "./kit.js"

export const PICTURE_CSS = `
canvas.px { display: block; image-rendering: pixelated; background: var(--line); }
.smooth canvas.px { image-rendering: auto; }
`

/** A list of pictures from their bytes, base64, one after another: each (size * size * 3) levels. */
export function pictures(base64, size) {
  const bytes = bytesOf(base64), each = size * size * 3
  return Array.from({ length: Math.floor(bytes.length / each) }, (_, n) => bytes.subarray(n * each, (n + 1) * each))
}

/** An empty canvas for one picture. */
export const canvasOf = (size, attributes = {}) => {
  const { class: more = "", ...rest } = attributes
  return element("canvas", { class: `px ${more}`.trim(), width: size, height: size, ...rest })
}

/** Put a picture onto its canvas. */
export function paint(canvas, picture, size) {
  if (canvas.width !== size) canvas.width = canvas.height = size
  const pen = canvas.getContext("2d")
  const image = pen.createImageData(size, size)
  for (let at = 0, from = 0; at < image.data.length; at += 4, from += 3) {
    image.data[at] = picture[from]
    image.data[at + 1] = picture[from + 1]
    image.data[at + 2] = picture[from + 2]
    image.data[at + 3] = 255
  }
  pen.putImageData(image, 0, 0)
}
