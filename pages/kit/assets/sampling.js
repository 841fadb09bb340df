// The arithmetic of core/inference/sampling.py again, for live controls: temperature, then top-k,
// then top-p, then the draw. A test checks that both give the same numbers, ties included.

/** Probabilities at a temperature: softmax(logits / temperature); 0 puts everything on the likeliest, lowest id first. */
export function temper(logits, temperature) {
  const probs = new Float64Array(logits.length)
  let likeliest = 0
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[likeliest]) likeliest = i
  if (temperature === 0) {
    probs[likeliest] = 1
    return probs
  }
  let sum = 0
  for (let i = 0; i < logits.length; i++) sum += probs[i] = Math.exp((logits[i] - logits[likeliest]) / temperature)
  for (let i = 0; i < probs.length; i++) probs[i] /= sum
  return probs
}

/** Ids of the tokens that can be drawn, likeliest first; among equals the lower id first. */
export function ranked(probs) {
  const possible = []
  for (let i = 0; i < probs.length; i++) if (probs[i] > 0) possible.push(i)
  return possible.sort((a, b) => probs[b] - probs[a] || a - b)
}

function shared(kept) {
  let sum = 0
  for (const p of kept) sum += p
  return kept.map((p) => p / sum)
}

/** Keep the k likeliest tokens, and any tied with the k-th. */
export function keepLikeliest(probs, k) {
  if (k >= probs.length) return probs.slice()
  const least = Float64Array.from(probs).sort()[probs.length - k]
  return shared(probs.map((p) => (p >= least ? p : 0)))
}

/** Keep the smallest set of likeliest tokens that holds at least `topP` of the mass. */
export function keepNucleus(probs, topP) {
  if (topP === 1) return probs.slice()
  const kept = new Float64Array(probs.length)
  let before = 0
  for (const id of ranked(probs)) {
    if (before >= topP) break
    kept[id] = probs[id]
    before += probs[id]
  }
  return shared(kept)
}

/** The distribution the next token is drawn from; `topK` 0 or null keeps all. */
export function nextTokenProbs(logits, { temperature, topK, topP }) {
  const tempered = temper(logits, temperature)
  const likeliest = topK ? keepLikeliest(tempered, topK) : tempered
  const probs = topP < 1 ? keepNucleus(likeliest, topP) : likeliest
  return { tempered, likeliest, probs }
}

/** Bits of uncertainty: 0 if one token is certain, log2(V) if all are equally likely. */
export function entropyBits(probs) {
  let bits = 0
  for (const p of probs) if (p > 0) bits -= p * Math.log2(p)
  return bits
}

/** The darts of Python's random.Random(seed): Mersenne Twister, Matsumoto and Nishimura 1998. */
export class Darts {
  constructor(seed) {
    const key = []
    for (let rest = Math.abs(Math.trunc(seed)); key.length === 0 || rest > 0; rest = Math.floor(rest / 2 ** 32)) {
      key.push(rest >>> 0)
    }
    const state = this.state = new Uint32Array(624)
    state[0] = 19650218
    for (let i = 1; i < 624; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i
    let i = 1, j = 0
    for (let k = Math.max(624, key.length); k > 0; k--) {
      state[i] = (state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), 1664525)) + key[j] + j
      if (++i === 624) {
        state[0] = state[623]
        i = 1
      }
      if (++j === key.length) j = 0
    }
    for (let k = 623; k > 0; k--) {
      state[i] = (state[i] ^ Math.imul(state[i - 1] ^ (state[i - 1] >>> 30), 1566083941)) - i
      if (++i === 624) {
        state[0] = state[623]
        i = 1
      }
    }
    state[0] = 0x80000000
    this.at = 624
  }

  word() {
    const s = this.state
    if (this.at === 624) {
      for (let k = 0; k < 624; k++) {
        const y = (s[k] & 0x80000000) | (s[(k + 1) % 624] & 0x7fffffff)
        s[k] = s[(k + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
      }
      this.at = 0
    }
    let y = s[this.at++]
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }

  /** The next number in [0, 1), all 53 bits of it. */
  random() {
    const high = this.word() >>> 5, low = this.word() >>> 6
    return (high * 67108864 + low) / 9007199254740992
  }
}

/** The dart thrown for the n-th token after the prompt, so that stepping, running and rewinding agree. */
export function dart(seed, n) {
  const darts = new Darts(seed)
  let last = darts.random()
  for (let i = 0; i < n; i++) last = darts.random()
  return last
}

/** The token whose stretch of the line a dart in [0, 1) hits. */
export const draw = (probs, thrown) => hit(probs, thrown)[0]

/** The token that a dart hits, and the share of the token's stretch that lies before the dart. */
export function hit(probs, thrown) {
  let total = 0
  for (const p of probs) total += p
  let end = 0
  for (let i = 0; i < probs.length; i++) {
    end += probs[i]
    if (end > thrown * total) return [i, (thrown * total - (end - probs[i])) / probs[i]]
  }
  return [probs.findLastIndex((p) => p > 0), 0]
}

// Whole words: the arithmetic of core/inference/words.py, on the tree that core/inference/condensed.py sends.

/** The tree with its arrays unpacked; items with the same beginning are adjacent, likeliest first. */
export function wordTree(sent) {
  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)).buffer
  const scores = new Float32Array(bytes(sent.scores)), ending = new Uint16Array(bytes(sent.ending))
  const goingOn = new Uint16Array(bytes(sent.going_on)), child = new Int16Array(bytes(sent.child))
  const counts = child.map((to, i) => ending[i] + goingOn[i] + (to >= 0 ? 1 : 0))
  let end = 0
  const ranges = sent.sizes.map((size) => [end, end += size])
  const tree = { texts: sent.texts, tokens: sent.tokens, scores, ending, goingOn, child, counts, ranges }
  const { words, by } = wordProbs(tree, { temperature: 1, topK: 0, topP: 1 })
  tree.learned = words
  tree.by = by // word -> place of the likeliest beginning that spells it
  tree.order = [...words.keys()].sort((a, b) => words.get(b) - words.get(a))
  return tree
}

/** Each item's share of the mass after temperature, top-k and top-p; a bin counts as equal tokens. */
function itemShares(tree, [from, to], { temperature, topK, topP }) {
  const weights = [], kept = []
  for (let i = from; i < to; i++) {
    weights.push(
      temperature === 0 ? (i === from ? 1 : 0) : Math.exp((tree.scores[i] - tree.scores[from]) / temperature),
    )
    kept.push(tree.counts[i])
  }
  const mass = () => kept.reduce((sum, n, i) => sum + n * weights[i], 0)
  if (topK) {
    let left = topK, least = 0
    for (let i = 0; i < kept.length; i++) {
      if (left > 0) least = weights[i]
      else if (weights[i] !== least || kept[i] !== 1) {
        kept[i] = 0
        continue
      } // as likely as the k-th: stays
      kept[i] = Math.min(kept[i], Math.max(left, 1))
      left -= kept[i]
    }
  }
  if (topP < 1) {
    const wanted = topP * mass()
    let before = 0
    for (let i = 0; i < kept.length; i++) {
      if (before >= wanted) kept[i] = 0
      else if (kept[i] > 1) kept[i] = Math.min(kept[i], Math.ceil((wanted - before) / weights[i]))
      before += kept[i] * weights[i]
    }
  }
  const total = mass()
  return kept.map((n, i) => (n * weights[i]) / total)
}

/** How likely each word is, and all others together; `topK` 0 or null keeps all. */
export function wordProbs(tree, settings) {
  const reached = new Float64Array(tree.texts.length), words = new Map(), by = new Map(), most = new Map()
  reached[0] = 1
  let others = 0
  tree.texts.forEach((text, place) => {
    const [from, to] = tree.ranges[place]
    let over = from === to ? reached[place] : 0 // without items the word is complete
    if (from < to && reached[place] > 0) {
      itemShares(tree, [from, to], settings).forEach((share, i) => {
        const at = from + i, p = reached[place] * share, n = tree.counts[at]
        if (tree.child[at] >= 0) reached[tree.child[at]] = p
        else if (n) {
          over += (p * tree.ending[at]) / n
          others += (p * tree.goingOn[at]) / n
        }
      })
    }
    if (text === null) {
      others += over
      return
    }
    words.set(text, (words.get(text) ?? 0) + over)
    if (over >= (most.get(text) ?? 0)) {
      most.set(text, over)
      by.set(text, place)
    }
  })
  return { words, others, by }
}
