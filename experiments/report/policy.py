"""What the page may do, as a Content-Security-Policy: it holds even where a name from a run was not escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable


def policy(scripts: Iterable[str], connect: str = "") -> str:
    """Return the policy of a page: nothing comes from elsewhere, and no script runs but these.

    Attributes such as `onerror` and text that a script would evaluate count as scripts and are forbidden. Styles are
    not told apart, since Bokeh makes its own while it draws: they can load nothing, for images lie in the page itself.

    Parameters
    ----------
    scripts
        Content of the page's script elements, exactly as it stands in the page.
    connect
        Where they may connect to; empty for nowhere.

    Returns
    -------
    str
        Content of the element `<meta http-equiv="Content-Security-Policy">`.
    """
    digests = (hashlib.sha256(script.encode("utf-8")).digest() for script in scripts)
    nothing = "'none'"
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)
    rules = ("default-src 'none'", f"script-src {allowed or nothing}", "style-src 'unsafe-inline'", "img-src data:")
    connections = (f"connect-src {connect}",) if connect else ()
    return "; ".join((*rules, *connections, "base-uri 'none'", "form-action 'none'"))
