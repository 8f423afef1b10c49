"""What is wrong with a message, under the rules' names.

``lint`` reads bytes and gives findings; ``rules`` has the name, the level and the
sentence of each rule. ``reading`` takes a message apart; ``heads``, ``lists``,
``signatures`` and ``bodies`` look at its parts, ``htmllint``, ``elements`` and
``styles`` (with ``colours`` and ``darkness``) at its page. ``expected`` says what is
known of a message beyond what holds for all.
"""
