"""The parts of a desk, as they are wired."""

from __future__ import annotations

from syndicate.cli.parts import Parts, settings


def test_the_user_agent_names_product_version_contact_and_subscribers(desk):
    agent = Parts(settings(desk.config)).user_agent
    assert agent.startswith("syndicate/")
    assert "(+https://" in agent or "(+http://" in agent
    assert agent.endswith("; 2 subscribers)")


def test_a_desk_without_members_claims_no_subscribers(desk):
    text = desk.config.read_text().partition("[[digest]]")[0]
    desk.config.write_text(text)
    assert "subscriber" not in Parts(settings(desk.config)).user_agent
