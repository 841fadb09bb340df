// Glossary terms: a marked word shows its card on hover, focus, tap or Enter.
//
// Marked words come and go with every rerun, so the document listens. The cards of a language are fetched
// once, when first needed. Enter moves into the card; Tab past its end and Esc return to the word.

const TERM = ".gb-term[data-term]"
const SHOW_MS = 250, HIDE_MS = 250
const EDGE = 8 // px between the card and the window's edge
const GAP = 6 // px between the card and its word

const cards = new Map() // language -> promise of its cards
let styled = null // promise of the style sheet
let card = null // the single card, created when first shown
let word = null // the word whose card is open
let wanted = null // the word whose card is about to open
let timer = 0
let isReturning = false // the focus is returning to the word, which must not open the card

function cardsIn(lang) {
  if (!cards.has(lang)) {
    const asked = fetch(new URL(`../terms/${lang}.json`, import.meta.url)).then((answer) => {
      if (!answer.ok) throw new Error(`terms: ${answer.status}`)
      return answer.json()
    })
    asked.catch(() => cards.delete(lang)) // so that the next word tries again
    cards.set(lang, asked)
  }
  return cards.get(lang)
}

function styles() {
  styled ??= new Promise((done) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", onload: done, onerror: done })
    link.href = new URL("./glossary.css", import.meta.url).href
    document.head.append(link)
  })
  return styled
}

const element = (tag, properties, ...inside) => {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...inside)
  return made
}

/** An address on this site with the visitor's settings and those of the entry. */
function address(path, settings) {
  const url = new URL(path, location.origin)
  url.search = location.search
  for (const own of ["term", "glossary_query", "token"]) url.searchParams.delete(own)
  for (const [name, value] of Object.entries(settings)) url.searchParams.set(name, value)
  return url.pathname + url.search
}

function fill(said, id) {
  const { name, plain, note, where, path, settings } = said.terms[id]
  const links = [element("a", { href: address("/glossary", { term: id }), textContent: said.in_glossary })]
  const isHere = path === location.pathname && !Object.keys(settings).length
  if (path && !isHere) links.push(element("a", { href: address(path, settings), textContent: where }))
  card.replaceChildren(
    element("strong", { id: "gb-term-name", textContent: name }),
    element("p", { id: "gb-term-plain", textContent: plain }),
    ...(note ? [element("p", { className: "gb-term-note", textContent: note })] : []),
    element("p", { className: "gb-term-ways" }, ...links),
  )
}

function make() {
  card = element("div", { className: "gb-term-card", hidden: true, tabIndex: -1 })
  card.setAttribute("role", "dialog")
  card.setAttribute("aria-labelledby", "gb-term-name")
  document.body.append(card)
  new MutationObserver(() => word && !word.isConnected && hide()).observe(document.body, {
    childList: true,
    subtree: true,
  })
}

/** Next to the word, below it if there is room, and entirely within the window. */
function place() {
  const line = word.getClientRects()[0]
  if (!line || line.bottom < 0 || line.top > innerHeight) return hide()
  const { offsetWidth: width, offsetHeight: height } = card
  const below = line.bottom + GAP, above = line.top - GAP - height
  const top = below + height <= innerHeight - EDGE || above < EDGE ? below : above
  card.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - EDGE - height))}px`
  card.style.left = `${Math.max(EDGE, Math.min(line.left - 12, innerWidth - EDGE - width))}px`
}

async function show(term) {
  wanted = term
  if (word === term) return true
  const [said] = await Promise.all([cardsIn(document.documentElement.lang), styles()]).catch(() => [null])
  if (!said?.terms[term.dataset.term] || wanted !== term || !term.isConnected) return false
  hide()
  if (!card) make()
  fill(said, term.dataset.term)
  word = wanted = term
  card.hidden = false
  term.setAttribute("aria-expanded", "true")
  term.setAttribute("aria-describedby", "gb-term-plain")
  place()
  return true
}

function hide() {
  clearTimeout(timer)
  wanted = null
  if (!word) return
  word.removeAttribute("aria-expanded")
  word.removeAttribute("aria-describedby")
  word = null
  card.hidden = true
}

function backToWord() {
  isReturning = true
  word?.focus()
  isReturning = false
}

const termAt = (target) => target.closest?.(TERM) ?? null
const isInCard = (target) => Boolean(card && target && card.contains(target))

document.addEventListener("pointerover", ({ target, pointerType }) => {
  if (pointerType !== "mouse") return
  const term = termAt(target)
  clearTimeout(timer)
  if (term) {
    cardsIn(document.documentElement.lang).catch(() => {}) // fetched while the pointer rests
    timer = setTimeout(show, SHOW_MS, term)
  } else if (word && !isInCard(target) && document.activeElement !== word && !isInCard(document.activeElement)) {
    timer = setTimeout(hide, HIDE_MS)
  }
})

document.addEventListener("focusin", ({ target }) => {
  const term = termAt(target)
  if (term && !isReturning) show(term)
  else if (!term && !isInCard(target)) hide()
})
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  if (!relatedTarget && (target === word || isInCard(target))) hide()
})
document.addEventListener("pointerdown", ({ target }) => {
  if (!termAt(target) && !isInCard(target)) hide()
})
document.addEventListener("click", ({ target }) => {
  const term = termAt(target)
  if (term) show(term)
})

document.addEventListener("keydown", async (event) => {
  const term = termAt(event.target)
  if (event.key === "Escape" && word) {
    event.preventDefault()
    event.stopPropagation() // a dialog around the word stays open
    if (isInCard(event.target)) backToWord()
    hide()
  } else if (term && (event.key === "Enter" || event.key === " ")) {
    event.preventDefault()
    if (await show(term)) card.querySelector("a").focus()
  } else if (event.key === "Tab" && isInCard(event.target)) {
    const ways = [...card.querySelectorAll("a")]
    const end = event.shiftKey ? ways[0] : ways.at(-1)
    if (event.target !== end && event.target !== card) return
    if (event.shiftKey) event.preventDefault() // backwards, stay on the word; forwards, go on to what follows it
    backToWord()
    hide()
  }
}, true)

addEventListener("scroll", () => word && place(), { capture: true, passive: true })
addEventListener("resize", () => word && place())
