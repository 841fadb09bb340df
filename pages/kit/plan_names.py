"""What the settings of a model's plan and their choices are called, wherever a page names them."""

from pages.kit.catalogue import Words


def setting_names(t: Words) -> dict[str, str]:
    """What the settings of a plan are called, by their field in ModelConfig."""
    return {
        "n_layers": t("architecture.n_layers"),
        "n_channels": t("architecture.n_channels"),
        "n_heads": t("architecture.n_heads"),
        "n_kv_heads": t("architecture.n_kv_heads"),
        "n_hidden": t("architecture.n_hidden"),
        "n_context": t("architecture.n_context"),
        "positions": t("architecture.positions"),
        "norm": t("architecture.norm"),
        "activation": t("architecture.activation"),
        "qk_norm": t("architecture.qk_norm"),
        "tied": t("architecture.tied"),
        "bias": t("architecture.bias"),
    }


def choice_names(t: Words) -> dict[str, str]:
    """What the choices of a plan are called, by their value in ModelConfig."""
    return {
        "learned": t("architecture.learned"),
        "sinusoidal": t("architecture.sinusoidal"),
        "rotary": t("architecture.rotary"),
        "alibi": t("architecture.alibi"),
        "none": t("architecture.no_positions"),
        "layer": t("architecture.layer_norm"),
        "rms": t("architecture.rms_norm"),
        "gelu": t("architecture.gelu"),
        "squared_relu": t("architecture.squared_relu"),
        "swiglu": t("architecture.swiglu"),
    }
