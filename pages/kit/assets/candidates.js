// What may come next, as whole words or as tokens: two views with the same interface.
// Each provides `order` (likeliest first, as learned), `learned(key)`, `at(settings)`, `text(key)`, `ids(key)`, `hint(key)`.
import { number } from "./kit.js"
import { entropyBits, nextTokenProbs, ranked, temper, wordProbs, wordTree } from "./sampling.js"

const LEAST = 0.0005 // words less likely than that stand among the others
const NO_FILTERS = { topK: 0, topP: 1 }

/** Why something cannot be drawn: the filter that removed it first. */
const reason = (tempered, likeliest) => (tempered === 0 ? "cold" : likeliest === 0 ? "out_k" : "out_p")

/** The next words, from a tree sent by POST /live/words. */
export function wordCandidates(sent) {
  const tree = wordTree(sent)
  return {
    unit: "words",
    order: tree.order.filter((key, i) => i === 0 || tree.learned.get(key) >= LEAST),
    learned: (key) => tree.learned.get(key) ?? 0,
    at(settings) {
      const { words, others } = wordProbs(tree, settings)
      const stages = [{ ...settings, ...NO_FILTERS }, { ...settings, topP: 1 }].map((each) =>
        wordProbs(tree, each).words
      )
      return {
        p: (key) => words.get(key) ?? 0,
        why: (key) => reason(...stages.map((each) => each.get(key) ?? 0)),
        unread: others,
        numbers: null,
      }
    },
    text: (key) => key,
    ids: (key) => tree.tokens[tree.by.get(key)],
    hint: () => "",
  }
}

/** The next tokens, from the model's logits; `textOf` gives a token's text. */
export function tokenCandidates(logits, textOf, lang) {
  const learned = temper(logits, 1)
  return {
    unit: "tokens",
    logits,
    order: ranked(learned),
    learned: (id) => learned[id],
    at(settings) {
      const { tempered, likeliest, probs } = nextTokenProbs(logits, settings)
      const bits = entropyBits(probs)
      return {
        p: (id) => probs[id],
        probs,
        why: (id) => reason(tempered[id], likeliest[id]),
        unread: 0,
        numbers: { n: logits.length, kept: probs.reduce((n, p) => n + (p > 0), 0), bits },
      }
    },
    text: textOf,
    ids: (id) => [id],
    hint: (id) => `logit ${number(logits[id], 2, lang)} · id ${id}`,
  }
}
