"""How far the ledger has come, in words: sequenced, integrated, published."""

from __future__ import annotations

from ledger.store.integrator import States


def states_line(states: States) -> str:
    """Return one line that names the three states, and what the published log waits for."""
    line = (
        f"已入序 {states.sequenced} 条 (sequenced)，已入树 {states.integrated} 条 (integrated)，"
        f"已公布 {states.published} 条 (published)"
    )
    if states.published < states.integrated:
        line += "；等待见证签名 (waiting for witnesses)"
    return line
