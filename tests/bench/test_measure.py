from __future__ import annotations

import pytest

from bench.measure import BenchError, Cost, environment, middle, python, run


def test_the_cost_of_a_process_counts_the_children_that_it_waited_for():
    burn = "import time\nwhile time.process_time() < 0.4: pass"
    inside = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    cost = run(python("-c", inside)).cost
    assert cost.cpu >= 0.4
    assert cost.wall >= 0.4


def test_the_cost_counts_a_process_that_outlives_its_parent():
    burn = "import time\nwhile time.process_time() < 0.4: pass"
    inside = (
        f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {burn!r}])"
    )
    assert run(python("-c", inside)).cost.cpu >= 0.4


def test_memory_is_in_megabytes():
    cost = run(python("-c", "import time; x = b'x' * 300_000_000; time.sleep(1)")).cost
    assert 300 < cost.memory < 400


def test_pages_that_processes_share_count_once():
    shares = (
        "import os, time; kept = b'x' * 300_000_000\n"
        "if os.fork(): os.wait()\n"
        "else: time.sleep(1)"
    )
    assert 300 < run(python("-c", shares)).cost.memory < 400


def test_what_a_process_prints_is_kept_whole():
    ran = run(python("-c", "print('đ' * 200_000)"))
    assert ran.output == "đ" * 200_000 + "\n"


def test_a_process_that_fails_is_an_error_that_says_why():
    with pytest.raises(BenchError, match="exit code 3\nwhy"):
        run(python("-c", "import sys; print('why', file=sys.stderr); sys.exit(3)"))


def test_an_exit_code_that_is_expected_is_no_error():
    assert run(python("-c", "raise SystemExit(1)"), allowed=(0, 1)).code == 1


def test_what_is_no_json_is_an_error_that_says_what_there_was_instead():
    fails = "import sys; print('why', file=sys.stderr); sys.exit(1)"
    with pytest.raises(BenchError, match="no JSON, exit code 1\nwhy"):
        run(python("-c", fails), allowed=(1,)).told()
    assert run(python("-c", "print('[1]')")).told() == [1]


def test_each_figure_is_the_median_on_its_own():
    costs = [
        Cost(cpu=cpu, wall=wall, memory=1.0)
        for cpu, wall in ((1.0, 30.0), (2.0, 10.0), (9.0, 20.0))
    ]
    assert middle(costs) == Cost(cpu=2.0, wall=20.0, memory=1.0)


def test_no_proxy_and_no_other_store_reach_a_measured_process():
    given = {
        "https_proxy": "http://192.0.2.1:1",
        "HTTP_PROXY": "http://192.0.2.1:1",
        "SYNDICATE_DATABASE_URL": "postgresql://192.0.2.1/x",
        "PATH": "/bin",
    }
    assert environment(given) == {"PATH": "/bin", "PYTHONHASHSEED": "0"}
