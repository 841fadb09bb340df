"""Which models of others may be opened."""

from core.architecture.text import on_disk
from core.architecture.text.on_disk import MODELS_VARIABLE, models_on_disk


def test_folders_and_gguf_files_are_offered_by_name(tmp_path, monkeypatch):
    monkeypatch.setattr(on_disk, "smollm2_file", lambda: None)
    (tmp_path / "gpt2").mkdir()
    (tmp_path / "gpt2" / "config.json").write_text("{}")
    (tmp_path / "notes").mkdir()
    (tmp_path / "Alpha.Q8_0.gguf").write_bytes(b"GGUF")
    (tmp_path / "readme.txt").write_text("hello")
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path))
    assert [each.name for each in models_on_disk()] == ["Alpha.Q8_0", "gpt2"]


def test_without_a_folder_only_the_package_counts(tmp_path, monkeypatch):
    file = tmp_path / "file.gguf"
    monkeypatch.setattr(on_disk, "smollm2_file", lambda: file)
    monkeypatch.delenv(MODELS_VARIABLE, raising=False)
    assert [each.path for each in models_on_disk()] == [file]
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path / "nowhere"))
    assert [each.path for each in models_on_disk()] == [file]
