"""Digests that are handed over tell that nothing changed, and nothing more."""

import hashlib
import stat

from tingbjerg_eval.study.house_key import KEY_FILE, ensure_key, keyed, read_key


def test_a_key_is_made_once_for_its_owner_only(tmp_path):
    first = ensure_key(tmp_path)
    assert ensure_key(tmp_path) == first == read_key(tmp_path)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600


def test_two_studies_have_two_keys(tmp_path):
    (tmp_path / "other").mkdir()
    assert ensure_key(tmp_path) != ensure_key(tmp_path / "other")


def test_trying_every_count_finds_no_digest_that_was_handed_over(tmp_path):
    digests = [hashlib.sha256(f"2010K3,{count}".encode()).hexdigest() for count in range(17)]
    told = keyed(ensure_key(tmp_path), digests[2])
    assert told not in digests
    assert told == keyed(read_key(tmp_path), digests[2])


def test_without_a_key_nothing_is_told(tmp_path):
    assert keyed(read_key(tmp_path), "00") == ""
