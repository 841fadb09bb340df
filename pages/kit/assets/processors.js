// The arithmetic of core/inference/processors.py again, for live controls: any order of penalties, temperature and
// filters between a model's logits and the draw. A test checks that both give the same numbers, ties included.

const OUT = -Infinity

/** Shares of e^(score / temperature); 0 puts everything on the largest score, the lowest id first. */
function softmax(scores, temperature = 1) {
  const probs = new Float64Array(scores.length)
  let best = 0
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i
  if (temperature === 0) {
    probs[best] = 1
    return probs
  }
  let sum = 0
  for (let i = 0; i < scores.length; i++) sum += probs[i] = Math.exp((scores[i] - scores[best]) / temperature)
  for (let i = 0; i < probs.length; i++) probs[i] /= sum
  return probs
}

const rescored = (scores) => ({ scores, probs: softmax(scores) })

/** A distribution from which a filter has kept what `keeps` says, made to sum to 1 again. */
function filtered({ scores, probs }, keeps) {
  const kept = new Float64Array(probs.length)
  let sum = 0, gone = false
  for (let i = 0; i < probs.length; i++) {
    if (keeps(i)) sum += kept[i] = probs[i]
    else if (probs[i] > 0) gone = true
  }
  if (!gone) return { scores, probs: probs.slice() }
  const left = new Float64Array(kept.length).fill(OUT)
  for (let i = 0; i < kept.length; i++) {
    if (kept[i] === 0) continue
    kept[i] /= sum
    left[i] = scores[i]
  }
  return { scores: left, probs: kept }
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

/** Scores in which only those of tokens of the text so far are changed, by how often each occurs there. */
function penalised({ scores }, before, change) {
  const counts = new Map(), changed = scores.slice()
  for (const token of before) counts.set(token, (counts.get(token) ?? 0) + 1)
  for (const [token, n] of counts) changed[token] = change(scores[token], n)
  return rescored(changed)
}

/** What each processor makes of a distribution; `before` are the tokens of the text so far. */
export const PROCESSORS = {
  repetition_penalty: (now, penalty, before) => penalised(now, before, (s) => s < 0 ? s * penalty : s / penalty),
  presence_penalty: (now, penalty, before) => penalised(now, before, (s) => s - penalty),
  frequency_penalty: (now, penalty, before) => penalised(now, before, (s, n) => s - penalty * n),
  temperature: ({ scores }, temperature) => {
    const probs = softmax(scores, temperature)
    if (temperature === 0) return { scores: scores.map((s, i) => (probs[i] === 0 ? OUT : s)), probs }
    return { scores: scores.map((s) => s / temperature), probs }
  },
  top_k: (now, k) => {
    if (k >= now.probs.length) return filtered(now, () => true)
    const least = largest(now.probs, k)
    return filtered(now, (i) => now.probs[i] >= least)
  },
  top_p: (now, share) => {
    if (share >= 1) return filtered(now, () => true)
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
    let before = mass, ties = 0 // which of the equally likely last ones stay is decided by the lower id
    for (let i = 0; i < probs.length && before < share; i++) {
      if (probs[i] === least) {
        before += least
        ties++
      }
    }
    return filtered(now, (i) => now.probs[i] > least || (now.probs[i] === least && ties-- > 0))
  },
  min_p: (now, share) => {
    let best = 0
    for (let i = 0; i < now.probs.length; i++) if (now.probs[i] > best) best = now.probs[i]
    const least = share * best
    return filtered(now, (i) => now.probs[i] >= least)
  },
  typical_p: (now, share) => {
    if (share >= 1) return filtered(now, () => true)
    const { probs } = now, distance = new Float64Array(probs.length)
    let expected = 0
    for (let i = 0; i < probs.length; i++) {
      if (probs[i] > 0) expected -= probs[i] * (distance[i] = Math.log(probs[i]))
    }
    for (let i = 0; i < probs.length; i++) distance[i] = probs[i] > 0 ? Math.abs(distance[i] + expected) : Infinity
    // The nearest that together hold the share; what cannot come any more has no mass and is infinitely far.
    const [most] = reached(distance.slice(), probs.slice(), share)
    return filtered(now, (i) => distance[i] <= most)
  },
}

/** Ids of the n likeliest tokens that can be drawn, the likeliest first; among equals the lower id first. */
export function best(probs, n) {
  const found = []
  for (let i = 0; i < probs.length; i++) {
    const p = probs[i]
    if (!(p > 0) || (found.length === n && p <= probs[found[n - 1]])) continue
    let at = found.length < n ? found.push(i) - 1 : n - 1
    while (at > 0 && probs[found[at - 1]] < p) found[at] = found[--at]
    found[at] = i
  }
  return found
}

/**
 * The whole way of a choice: the model's own distribution, then what each processor leaves.
 *
 * @param {ArrayLike<number>} logits of every token
 * @param {[string, number][]} order processors with their settings, first to last
 * @param {number[]} before tokens of the text so far
 */
export function way(logits, order, before) {
  const steps = [rescored(Float64Array.from(logits))]
  for (const [name, value] of order) steps.push(step(steps[steps.length - 1], name, value, before))
  return steps
}

/** What one processor makes of what the ones before have left. */
export const step = (now, name, value, before) => PROCESSORS[name](now, value, before)

/** How many tokens can still be drawn. */
export const nLeft = ({ probs }) => {
  let n = 0
  for (let i = 0; i < probs.length; i++) if (probs[i] > 0) n++
  return n
}
