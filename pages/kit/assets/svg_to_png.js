// An SVG as a PNG, with the fonts of the page.

const MOST_PIXELS = 40e6, LONGEST_SIDE = 8192, FONTS_MS = 200

/** The page's own fonts that a picture uses, as a style sheet that holds them; an image sees no others. */
async function fontsOf(text) {
  const lists = text.replaceAll("&quot;", "'").matchAll(/font-family(?:="|:)([^";]+)/g)
  const used = new Set([...lists].flatMap(([, list]) => list.split(",").map(bare)))
  const found = []
  for (const sheet of document.styleSheets) {
    let rules = []
    try {
      rules = [...sheet.cssRules]
    } catch { /* of another host, which this page never has */ }
    for (const rule of rules) {
      if (!(rule instanceof CSSFontFaceRule) || !used.has(bare(rule.style.getPropertyValue("font-family")))) continue
      const address = /url\(["']?([^"')]+)["']?\)/.exec(rule.style.getPropertyValue("src"))?.[1]
      if (!address || address.startsWith("data:")) continue
      const file = await fetch(new URL(address, sheet.href ?? location.href), { cache: "force-cache" })
      if (file.ok) found.push(rule.cssText.replace(/src:[^;]+;/, `src: url(${await inside(await file.blob())});`))
    }
  }
  return found.join("\n")
}
const bare = (family) => family.trim().replace(/^(["'])(.*)\1$/, "$2").toLowerCase()

/** A file as an address that holds it. */
const inside = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result)
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(blob)
  })

/** The same as a PNG, twice as fine as the page, or as fine as a canvas may be. */
export async function pngOf({ text, width, height }) {
  const image = new Image()
  const fonts = (await fontsOf(text)).replace(/[<&]/g, "")
  const dressed = text.replace("<defs", `<style>${fonts}</style><defs`)
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(dressed)}`
  await image.decode()
  const scale = Math.min(
    Math.max(2, devicePixelRatio),
    LONGEST_SIDE / Math.max(width, height),
    Math.sqrt(MOST_PIXELS / (width * height)),
  )
  const canvas = document.createElement("canvas")
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  const draw = () => canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
  draw()
  if (fonts) { // a picture's fonts are unpacked after it was drawn for the first time
    await new Promise((resolve) => setTimeout(resolve, FONTS_MS))
    draw()
  }
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error("the browser gave no picture")), "image/png")
  })
}
