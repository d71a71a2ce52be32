"""An audit by somebody who trusts nobody: of a published log alone, or of a database against it."""

from __future__ import annotations
