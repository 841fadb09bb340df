// The glossary's list during a search: entries that do not match are hidden, without asking the server.
// The list itself is in the page; nothing visible is drawn here.

const FIELD = ".st-key-glossary_query input"
let told = { term: "", all: "", counted: "", nothing: "" }
let query = ""
let filtered = null // the list that was last filtered
let opened = "" // the term already scrolled to

/** The entries with every word of the query in one of their names or, if there are none, in their texts. */
function matching(entries) {
  const asked = query.toLowerCase().split(/\s+/).filter(Boolean)
  const holding = (textOf) =>
    entries.filter((entry) => {
      const text = textOf(entry)
      return asked.every((word) => text.includes(word))
    })
  const named = holding((entry) => entry.dataset.names)
  return named.length ? named : holding((entry) => entry.textContent.toLowerCase())
}

function filter() {
  const list = document.querySelector(".gb-glossary")
  if (!list) return
  filtered = list
  const entries = [...list.querySelectorAll(".gb-entry")]
  const kept = new Set(matching(entries))
  for (const entry of entries) entry.toggleAttribute("hidden", !kept.has(entry))
  for (const section of list.querySelectorAll("section")) {
    section.hidden = !section.querySelector(".gb-entry:not([hidden])")
  }
  const isSearched = query.trim() !== ""
  list.querySelector("nav").hidden = isSearched
  const said = !isSearched ? told.all : kept.size ? told.counted : told.nothing
  list.querySelector(".gb-counted").textContent = said.replace("{n}", `${kept.size}`).replace(
    "{all}",
    `${entries.length}`,
  )
}

function goToTerm() {
  const entry = document.getElementById(`term-${told.term}`)
  if (opened === told.term || (told.term && !entry)) return
  opened = told.term
  entry?.scrollIntoView({ block: "center" })
  entry?.focus({ preventScroll: true })
}

document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLInputElement && target.matches(FIELD))) return
  query = target.value
  filter()
})

// A list that arrives later, or again in a different order or language.
new MutationObserver(() => {
  const list = document.querySelector(".gb-glossary")
  if (!list || list === filtered) return
  filter()
  goToTerm()
}).observe(document.body, { childList: true, subtree: true })

// Streamlit calls this at every change of data.
export default ({ data }) => {
  told = data
  /** @type {HTMLInputElement | null} */
  const field = document.querySelector(FIELD)
  query = field && field === document.activeElement ? field.value : data.query // while typing, the field is ahead of the server
  filter()
  goToTerm()
}
