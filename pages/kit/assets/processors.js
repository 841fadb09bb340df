// The arithmetic of core/inference/processors.py again, for live controls: any order of penalties, temperature and
// filters between a model's logits and the draw. A test checks that both give the same numbers, ties included.
//
// A distribution holds only the tokens that no filter has left out: their `ids`, the smallest first, and beside them
// their `scores` and `probs`. What is left of 50,000 after a filter costs no more than it is.

/** Place of the largest number; among equals the first. */
function largestAt(numbers) {
  let at = 0
  for (let i = 1; i < numbers.length; i++) if (numbers[i] > numbers[at]) at = i
  return at
}

/**
 * Softmax of scores. `powers` are e^(score - largest score), kept for a penalty, which changes few of them.
 *
 * @param {Int32Array} ids
 * @param {Float64Array} scores
 */
function rescored(ids, scores) {
  const powers = new Float64Array(scores.length), best = scores[largestAt(scores)]
  for (let i = 0; i < scores.length; i++) powers[i] = Math.exp(scores[i] - best)
  return { ids, scores, powers, best, probs: shares(powers) }
}

function shares(powers) {
  const probs = new Float64Array(powers.length)
  let sum = 0
  for (let i = 0; i < powers.length; i++) sum += powers[i]
  for (let i = 0; i < powers.length; i++) probs[i] = powers[i] / sum
  return probs
}

/** A distribution from which a filter keeps what `keeps` marks with 1, made to sum to 1 again. */
function filtered(now, keeps) {
  const { ids, scores, probs } = now
  let n = 0, sum = 0, gone = false
  for (let i = 0; i < probs.length; i++) {
    if (probs[i] === 0) continue
    if (keeps[i]) {
      n++
      sum += probs[i]
    } else gone = true
  }
  if (!gone) return now
  const left = { ids: new Int32Array(n), scores: new Float64Array(n), probs: new Float64Array(n) }
  for (let i = 0, to = 0; to < n; i++) {
    if (!keeps[i] || probs[i] === 0) continue
    left.ids[to] = ids[i]
    left.scores[to] = scores[i]
    left.probs[to++] = probs[i] / sum
  }
  return left
}

/** Marks of all numbers that are at least as large as the least. */
function atLeast(numbers, least) {
  const marks = new Uint8Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) if (numbers[i] >= least) marks[i] = 1
  return marks
}

/**
 * Where a share of the mass is reached when the smallest keys go first: the key, and the mass before it.
 * Nothing is sorted: each round looks only at the side on which the place lies (quickselect, Hoare 1961).
 */
function reached(keys, masses, share) {
  let low = 0, high = keys.length, before = 0
  for (;;) {
    const a = keys[low], b = keys[(low + high) >> 1], c = keys[high - 1]
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c)) // the middle one of three
    let less = low, more = high, i = low, lessMass = 0, equalMass = 0
    while (i < more) {
      const key = keys[i], mass = masses[i]
      if (key < pivot) {
        lessMass += mass
        keys[i] = keys[less]
        masses[i++] = masses[less]
        keys[less] = key
        masses[less++] = mass
      } else if (key > pivot) {
        keys[i] = keys[--more]
        masses[i] = masses[more]
        keys[more] = key
        masses[more] = mass
      } else {
        equalMass += mass
        i++
      }
    }
    if (before + lessMass >= share && less > low) high = less
    else if (before + lessMass + equalMass >= share || more === high) return [pivot, before + lessMass]
    else {
      before += lessMass + equalMass
      low = more
    }
  }
}

/** The k-th largest of many numbers, each looked at once; the k largest so far are kept in order. */
function largest(numbers, k) {
  const top = new Float64Array(k).fill(-Infinity) // the smallest first
  for (let i = 0; i < numbers.length; i++) {
    const each = numbers[i]
    if (each <= top[0]) continue
    let at = 0
    while (at + 1 < k && top[at + 1] < each) top[at] = top[++at]
    top[at] = each
  }
  return top[0]
}

/** Place of a token among those left, or -1. */
function place(ids, token) {
  let low = 0, high = ids.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (ids[middle] === token) return middle
    if (ids[middle] < token) low = middle + 1
    else high = middle - 1
  }
  return -1
}

/** Scores in which only those of tokens of the text so far are changed, by how often each occurs there. */
function penalised({ ids, scores, powers, best }, before, change) {
  const counts = new Map(), changed = scores.slice()
  for (const token of before) counts.set(token, (counts.get(token) ?? 0) + 1)
  const again = powers?.slice()
  for (const [token, n] of counts) {
    const at = place(ids, token)
    if (at < 0) continue
    changed[at] = change(scores[at], n)
    if (again) again[at] = Math.exp(changed[at] - best)
  }
  if (!again || changed[largestAt(changed)] !== best) return rescored(ids, changed)
  return { ids, scores: changed, powers: again, best, probs: shares(again) }
}

/** What each processor makes of a distribution; `before` are the tokens of the text so far. */
export const PROCESSORS = {
  repetition_penalty: (now, penalty, before) => penalised(now, before, (s) => s < 0 ? s * penalty : s / penalty),
  presence_penalty: (now, penalty, before) => penalised(now, before, (s) => s - penalty),
  frequency_penalty: (now, penalty, before) => penalised(now, before, (s, n) => s - penalty * n),
  temperature: ({ ids, scores }, temperature) => {
    if (temperature === 0) { // everything on the largest score, the lowest id first
      const at = largestAt(scores)
      return { ids: ids.slice(at, at + 1), scores: scores.slice(at, at + 1), probs: new Float64Array([1]) }
    }
    const tempered = new Float64Array(scores.length)
    for (let i = 0; i < scores.length; i++) tempered[i] = scores[i] / temperature
    return rescored(ids, tempered)
  },
  top_k: (now, k) => k >= now.probs.length ? now : filtered(now, atLeast(now.probs, largest(now.probs, k))),
  top_p: (now, share) => {
    if (share >= 1) return now
    // All tokens below this bound together hold less than what may go, so the last one kept is not among them.
    const { probs } = now, bound = 0.999 * (1 - share) / probs.length
    const keys = new Float64Array(probs.length), masses = new Float64Array(probs.length)
    let n = 0
    for (let i = 0; i < probs.length; i++) {
      if (probs[i] > bound) {
        masses[n] = probs[i]
        keys[n++] = -probs[i]
      }
    }
    const [key, mass] = reached(keys.subarray(0, n), masses.subarray(0, n), share), least = -key
    const keeps = atLeast(probs, least)
    let before = mass // which of the equally likely last ones stay is decided by the lower id
    for (let i = 0; i < probs.length; i++) {
      if (probs[i] !== least) continue
      if (before < share) before += least
      else keeps[i] = 0
    }
    return filtered(now, keeps)
  },
  min_p: (now, share) => filtered(now, atLeast(now.probs, share * now.probs[largestAt(now.probs)])),
  typical_p: (now, share) => {
    if (share >= 1) return now
    const { probs } = now, distance = new Float64Array(probs.length), keeps = new Uint8Array(probs.length)
    let expected = 0
    for (let i = 0; i < probs.length; i++) {
      if (probs[i] > 0) expected -= probs[i] * (distance[i] = Math.log(probs[i]))
    }
    for (let i = 0; i < probs.length; i++) distance[i] = probs[i] > 0 ? Math.abs(distance[i] + expected) : Infinity
    // The nearest that together hold the share; what cannot come any more has no mass and is infinitely far.
    const [most] = reached(distance.slice(), probs.slice(), share)
    for (let i = 0; i < probs.length; i++) if (distance[i] <= most) keeps[i] = 1
    return filtered(now, keeps)
  },
}

/** Ids of the n likeliest tokens that can be drawn, the likeliest first; among equals the lower id first. */
export function best({ ids, probs }, n) {
  const found = []
  for (let i = 0; i < probs.length; i++) {
    const p = probs[i]
    if (!(p > 0) || (found.length === n && p <= probs[found[n - 1]])) continue
    let at = found.length < n ? found.push(i) - 1 : n - 1
    while (at > 0 && probs[found[at - 1]] < p) found[at] = found[--at]
    found[at] = i
  }
  return found.map((i) => ids[i])
}

/** A model's own distribution. */
export const start = (logits) => rescored(Int32Array.from(logits, (_, id) => id), Float64Array.from(logits))

/** What one processor makes of what the ones before have left. */
export const step = (now, name, value, before) => PROCESSORS[name](now, value, before)

/**
 * The whole way of a choice: the model's own distribution, then what each processor leaves.
 *
 * @param {ArrayLike<number>} logits of every token
 * @param {[string, number][]} order processors with their settings, first to last
 * @param {number[]} before tokens of the text so far
 */
export function way(logits, order, before) {
  const steps = [start(logits)]
  for (const [name, value] of order) steps.push(step(steps[steps.length - 1], name, value, before))
  return steps
}

/** Probability of a token; 0 if it was left out. */
export function probability({ ids, probs }, token) {
  const at = place(ids, token)
  return at < 0 ? 0 : probs[at]
}

/** How many tokens can still be drawn. */
export function nLeft({ probs }) {
  let n = 0
  for (let i = 0; i < probs.length; i++) if (probs[i] > 0) n++
  return n
}
