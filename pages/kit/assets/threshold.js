// The counting of core/postprocessing/safety/weighing.py again, for live dragging, and a text's evidence in runs.
// A test checks that both counts agree.

const STRONG = 0.5, WEAK = 0.16 // relative to the largest contribution of any character

/** How a threshold splits the texts; a score that reaches it counts as rude. */
export function countsAt(threshold, dots) {
  const n = { hits: 0, alarms: 0, misses: 0, passed: 0 }
  for (const dot of dots) {
    n[dot.score >= threshold ? (dot.rude ? "hits" : "alarms") : dot.rude ? "misses" : "passed"] += 1
  }
  const found = n.hits + n.alarms, rude = n.hits + n.misses
  return { ...n, precision: found ? n.hits / found : 1, recall: rude ? n.hits / rude : 1 }
}

/** A text in runs of characters that speak for rude, against it, or neither. */
export function runsOf(text, evidence) {
  const top = Math.max(1e-9, ...evidence.map(Math.abs)), runs = []
  const marks = [...evidence].map((part) => {
    const share = Math.abs(part) / top
    return share < WEAK ? "" : (part > 0 ? "for" : "off") + (share < STRONG ? 1 : 2)
  })
  const characters = [...text]
  characters.forEach((character, i) => {
    const last = runs.at(-1), mark = marks[i] ?? ""
    if (last && last.mark === mark) last.text += character
    else runs.push({ mark, text: character })
  })
  return runs
}
