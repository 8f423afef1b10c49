"""What is limited is counted by mark, and forgotten when it limits nobody."""

from __future__ import annotations

from datetime import timedelta

from syndicate.store import attempts, used_tokens


def test_attempts_are_counted_by_kind_and_mark(database, now):
    hour = timedelta(hours=1)
    with database.write() as connection:
        for ago in (0, 30, 59, 60, 90):
            attempts.note(connection, "network", "a", now - timedelta(minutes=ago))
        attempts.note(connection, "network", "b", now)
        attempts.note(connection, "stem", "a", now)
        assert attempts.count_since(connection, "network", "a", now - hour) == 3
        assert attempts.count_since(connection, "network", "b", now - hour) == 1
        assert attempts.count_since(connection, "network", "c", now - hour) == 0


def test_old_attempts_are_forgotten(database, now):
    with database.write() as connection:
        for ago in (1, 2, 3):
            attempts.note(connection, "network", "a", now - timedelta(days=ago))
        assert attempts.prune(connection, now - timedelta(days=2)) == 1
        since = now - timedelta(days=9)
        assert attempts.count_since(connection, "network", "a", since) == 2


def test_a_word_is_used_once(database, now):
    with database.write() as connection:
        assert not used_tokens.is_used(connection, "a")
        assert used_tokens.use(connection, "a", now)
        assert not used_tokens.use(connection, "a", now)
        assert used_tokens.is_used(connection, "a")
    with database.write() as connection:
        assert not used_tokens.use(connection, "a", now)
        assert used_tokens.prune(connection, now) == 0
        assert used_tokens.prune(connection, now + timedelta(seconds=1)) == 1
        assert not used_tokens.is_used(connection, "a")
