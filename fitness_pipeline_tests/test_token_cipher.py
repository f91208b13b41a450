"""Encryption at rest: what is hidden comes back under the right key, and under no other."""

import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitness_pipeline.errors import InvalidEncryptionKey, WrongEncryptionKey
from fitness_pipeline.token_cipher import TokenCipher, new_key

KEY, OTHER_KEY = new_key(), new_key()


def cipher(*keys: str) -> TokenCipher:
    return TokenCipher(keys, "the test")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_comes_back_and_does_not_show(text: str) -> None:
    hidden = cipher(KEY).encrypt(text)
    assert cipher(KEY).decrypt(hidden) == text
    assert len(text) < 3 or text not in hidden


def test_the_same_text_twice_looks_different() -> None:
    assert cipher(KEY).encrypt("token") != cipher(KEY).encrypt("token")


def test_a_new_key_in_front_reads_what_the_old_one_wrote_and_not_the_other_way_round() -> None:
    both = cipher(OTHER_KEY, KEY)
    assert both.decrypt(cipher(KEY).encrypt("token")) == "token"
    assert cipher(OTHER_KEY).decrypt(both.encrypt("token")) == "token"
    with pytest.raises(WrongEncryptionKey):
        cipher(KEY).decrypt(both.encrypt("token"))


def test_another_key_or_a_changed_text_is_said_to_be_so_and_that_nothing_is_lost() -> None:
    hidden = cipher(KEY).encrypt("token")
    for reader, text in ((cipher(OTHER_KEY), hidden), (cipher(KEY), f"{hidden[:-4]}AAA="), (cipher(KEY), "")):
        with pytest.raises(WrongEncryptionKey, match="still there: put the former key back"):
            reader.decrypt(text)


@pytest.mark.parametrize("keys", [(), ("",), ("hunter2",), (KEY, "hunter2"), (KEY[:-2],), ("schlüssel",)])
def test_what_is_no_key_is_refused_without_being_repeated(keys: tuple[str, ...]) -> None:
    with pytest.raises(InvalidEncryptionKey, match="the test does not hold a key") as raised:
        cipher(*keys)
    told = "".join(traceback.format_exception(raised.value))
    assert not [key for key in keys if key and key in told]


def test_a_cipher_that_is_printed_tells_no_key() -> None:
    assert KEY not in repr(cipher(KEY))
