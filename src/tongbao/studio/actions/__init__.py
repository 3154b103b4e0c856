"""What can happen in the studio."""

from tongbao.studio.actions.approval import publish, recall, send_back, submit
from tongbao.studio.actions.drafts import save, start, withdraw

__all__ = ["publish", "recall", "save", "send_back", "start", "submit", "withdraw"]
