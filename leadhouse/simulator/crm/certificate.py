"""A certificate for loopback that is worth nothing anywhere else."""

import ssl

import trustme


def throw_away() -> tuple[ssl.SSLContext, bytes]:
    """A server's TLS context for ``localhost`` and ``127.0.0.1``, and the PEM of the authority that clients must trust.

    The authority and both keys are made anew at each call; only the authority's certificate leaves memory.
    """
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context, authority.cert_pem.bytes()
