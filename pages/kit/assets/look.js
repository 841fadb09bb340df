// What the document cannot know by itself: the language, the theme from the menu, and our words
// where Streamlit itself speaks English. A place that Streamlit no longer has, or in which it says
// something else, is left alone.

import { oneEntryAPage } from "./history.js"
import { number } from "./kit.js"
import { handInWhatIsTyped } from "./typing.js"

/** Where (a data-testid), in which attribute (null: in its text), what Streamlit says, the name of our word. */
/** @type {[string, string | null, RegExp, string][]} */
const ENGLISH = [
  ["stSkipToContent", null, /^Skip to main content$/, "skip"],
  ["stMainMenuButton", "aria-label", /^Main menu$/, "menu"],
  ["stMainMenuList", "aria-label", /^Main menu$/, "menu"],
  ["stThemeSwitcher", "aria-label", /^Theme$/, "theme"],
  ["stThemeSwitcher", null, /^System$/, "theme_system"],
  ["stThemeSwitcher", null, /^Light$/, "theme_light"],
  ["stThemeSwitcher", null, /^Dark$/, "theme_dark"],
  ["stMainMenuItemLabel", null, /^About$/, "about"],
  ["stDialog", null, /^About$/, "about"],
  ["stMainMenuPopover", null, /^Made with Streamlit v$/, "made_with"],
  ["stMainMenuPopover", "aria-label", /^Copy version to clipboard$/, "copy"],
  ["stMainMenuPopover", "title", /^Copy version to clipboard$/, "copy"],
  ["stDialog", "aria-label", /^Close$/, "close"],
  ["stTooltipIcon", "aria-label", /^Help for (.*)$/, "help"],
  ["stCode", "aria-label", /^Copy to clipboard$/, "copy"],
  ["stCode", "title", /^Copy to clipboard$/, "copy"],
  ["stCode", "aria-label", /^Copied$/, "copied"],
  ["stCode", "title", /^Copied$/, "copied"],
  ["stNumberInput", "aria-label", /^Increment$/, "more"],
  ["stNumberInput", "aria-label", /^Decrement$/, "less"],
  ["stFileUploader", null, /^(?:Upload|Browse files)$/, "upload"],
  ["stFileUploader", null, /^\d+ ?MB per file$/, "upload_hint"],
  ["stFileUploader", "aria-label", /^file upload$/, "upload"],
  ["stFileUploader", "aria-label", /^Add files$/, "upload"],
  ["stFileUploader", "aria-label", /^Remove (.*)$/, "upload_remove"],
  ["stFileUploader", null, /^[\d.]+[KM]?B$/, "size"],
  ["stFileUploader", "aria-label", /, [\d.]+[KM]?B$/, "size"],
  ["stFileUploader", null, /^Error:$/, "upload_error"],
  ["stFileUploader", null, /files? (?:is|are) not allowed\.$/, "upload_kind"],
  ["stDialog", null, /^Connection error$/, "connection"],
  [
    "stDialog",
    null,
    /^(?:Is Streamlit still running\?|Connection timed out|Connection failed|Streamlit server is not responding)/,
    "connection_text",
  ],
]

let words = {}
const spoken = new Map() // text node or element -> what was found and what was written, per attribute

const read = (node, attribute) => (attribute ? node.getAttribute(attribute) : node.data)

/** A text that ends in "6.2KB", with the number in the page's format. */
const size = (said) =>
  said.replace(
    /([\d.]+)([KM]?B)$/,
    (_, value, unit) =>
      `${number(Number(value), unit !== "B" && value.includes(".") ? 1 : 0)}\u202f${unit.replace("K", "k")}`,
  )

function write(node, attribute, word, found) {
  const raw = read(node, attribute)
  const said = word === "size" ? size(found.input) : (words[word] ?? found[0]).replace("{of}", found[1] ?? "")
  const text = /^\s*/.exec(raw)[0] + said + /\s*$/.exec(raw)[0]
  if (text !== raw) { // we see our own changes too: leave alone what is already there
    if (attribute) node.setAttribute(attribute, text)
    else node.data = text
  }
  for (const gone of spoken.keys()) if (!gone.isConnected) spoken.delete(gone)
  const kept = spoken.get(node) ?? {}
  spoken.set(node, { ...kept, [attribute ?? ""]: { word, found, text } })
}

/** The text nodes below, or the elements that carry an attribute. */
function* placesIn(root, attribute) {
  if (attribute) {
    if (root.hasAttribute(attribute)) yield root
    yield* root.querySelectorAll(`[${attribute}]`)
  } else {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (walk.nextNode()) yield walk.currentNode
  }
}

function speak() {
  for (const [place, attribute, english, word] of ENGLISH) {
    for (const root of document.querySelectorAll(`[data-testid="${place}"]`)) {
      for (const node of placesIn(root, attribute)) {
        const found = english.exec(read(node, attribute).trim())
        if (found) write(node, attribute, word, found)
      }
    }
  }
}

/** After a language change: replace our words again, unless Streamlit has written something else since. */
function speakAgain() {
  for (const [node, kept] of spoken) {
    for (const [attribute, { word, found, text }] of Object.entries(kept)) {
      if (read(node, attribute || null) === text) write(node, attribute || null, word, found)
    }
  }
  speak()
}

let begun = false
function begin() {
  if (begun) return
  begun = true
  oneEntryAPage()
  new MutationObserver(speak).observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["aria-label", "title"],
  })
  handInWhatIsTyped()
}

const brought = document.getElementById("gb-words") // shipped with the document, for the time before the first page
if (brought) {
  words = JSON.parse(brought.textContent)
  speak()
  begin()
}

// Streamlit calls this on every change of data or theme.
export default ({ data, parentElement }) => {
  const root = document.documentElement
  root.lang = data.lang
  const host = parentElement.host ?? parentElement
  const pen = new OffscreenCanvas(1, 1).getContext("2d")
  pen.fillStyle = getComputedStyle(host).getPropertyValue("--st-background-color").trim()
  pen.fillRect(0, 0, 1, 1)
  const [red, green, blue] = pen.getImageData(0, 0, 1, 1).data
  root.dataset.theme = red + green + blue < 384 ? "dark" : "light"
  words = data.words
  speakAgain()
  begin()
}
