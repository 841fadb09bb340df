"""What stages, kinds and rules are called in the visitor's language."""

from pages.kit.catalogue import Words


def stage_name(name: str, t: Words) -> str:
    """A stage in a word or two."""
    return {
        "private": t("postprocessing.private"),
        "secrets": t("postprocessing.secrets"),
        "words": t("postprocessing.words"),
        "classifier": t("postprocessing.classifier"),
        "tone": t("postprocessing.tone"),
        "shorten": t("postprocessing.shorten"),
        "format": t("postprocessing.format"),
        "facts": t("postprocessing.facts"),
        "mark": t("postprocessing.mark"),
    }.get(name, name)


def stage_text(name: str, t: Words) -> str:
    """What a stage does, in a sentence."""
    return {
        "private": t("postprocessing.private_text"),
        "secrets": t("postprocessing.secrets_text"),
        "words": t("postprocessing.words_text"),
        "classifier": t("postprocessing.classifier_text"),
        "tone": t("postprocessing.tone_text"),
        "shorten": t("postprocessing.shorten_text"),
        "format": t("postprocessing.format_text"),
        "facts": t("postprocessing.facts_text"),
        "mark": t("postprocessing.mark_text"),
    }.get(name, "")


def kind_name(kind: str, t: Words) -> str:
    """A kind of finding; those without a word of their own go by the name the stage gave them."""
    return {
        "email": t("postprocessing.kind_email"),
        "phone": t("postprocessing.kind_phone"),
        "iban": t("postprocessing.kind_iban"),
        "card": t("postprocessing.kind_card"),
        "tax_id": t("postprocessing.kind_tax_id"),
        "address": t("postprocessing.kind_address"),
        "private_key": t("postprocessing.kind_private_key"),
        "token": t("postprocessing.kind_token"),
        "password": t("postprocessing.kind_password"),
        "secret": t("postprocessing.kind_secret"),
        "listed": t("postprocessing.kind_listed"),
        "rude": t("postprocessing.kind_rude"),
        "dropped": t("postprocessing.kind_dropped"),
        "repair": t("postprocessing.kind_repair"),
        "markup": t("postprocessing.kind_markup"),
        "label": t("postprocessing.kind_label"),
        "true": t("postprocessing.kind_true"),
        "false": t("postprocessing.kind_false"),
        "formal": t("postprocessing.kind_formal"),
        "informal": t("postprocessing.kind_informal"),
        "unsure": t("postprocessing.kind_unsure"),
    }.get(kind, kind)


def rule_name(rule: str, t: Words) -> str:
    """A rule in plain words; a plugin or an entry of a list keeps its own name."""
    return {
        "iban_mod_97": t("postprocessing.rule_iban"),
        "card_luhn": t("postprocessing.rule_card"),
        "tax_iso_7064": t("postprocessing.rule_tax"),
        "email_form": t("postprocessing.rule_email"),
        "email_spelled": t("postprocessing.rule_spelled"),
        "phone_abroad": t("postprocessing.rule_abroad"),
        "phone_at_home": t("postprocessing.rule_at_home"),
        "phone_american": t("postprocessing.rule_american"),
        "address_street": t("postprocessing.rule_street"),
        "address_two_words": t("postprocessing.rule_street"),
        "address_at_the": t("postprocessing.rule_street"),
        "address_number_first": t("postprocessing.rule_number_first"),
        "address_post_box": t("postprocessing.rule_post_box"),
        "address_po_box": t("postprocessing.rule_post_box"),
        "address_town": t("postprocessing.rule_town"),
        "own": t("postprocessing.rule_own"),
        "key_block": t("postprocessing.rule_key_block"),
        "token_prefix": t("postprocessing.rule_prefix"),
        "token_jwt": t("postprocessing.rule_prefix"),
        "token_bearer": t("postprocessing.rule_prefix"),
        "password_in_address": t("postprocessing.rule_in_address"),
        "password_said": t("postprocessing.rule_said"),
        "least_telling": t("postprocessing.rule_least_telling"),
        "classifier": t("postprocessing.rule_classifier"),
    }.get(rule, rule)
