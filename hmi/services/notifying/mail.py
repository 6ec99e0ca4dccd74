"""Handing a message to a mail server: encrypted and verified unless the settings say that there is no encryption."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Final

from hmi.config.notification_channels import EmailChannel, Security
from hmi.domain.language import tr
from hmi.services.notifying.delivery import SEND_S, DeliveryError, Outgoing, Trust, answer_text

COMMAND_S: Final = 10.0
GREETING: Final = "roams.localdomain"
"""How we introduce ourselves (RFC 5321, 4.1.1.1); the library's own guess asks a name server, and may wait for it."""
PERMANENT: Final = 500
OF_SERVER: Final = frozenset({421, 530, 535, 538})
"""Answers about the session rather than the message: going away, log in first (RFC 5321, 4.2.3; RFC 4954, 6)."""


async def send_mail(
    channel: EmailChannel, password: str | None, message: Outgoing, trust: Trust, within_s: float = SEND_S
) -> None:
    """Return when the server has taken the message. Raises DeliveryError, after within_s at the latest."""
    import aiosmtplib

    if channel.user and not password:
        raise DeliveryError(tr("The password of {user} is missing. Type it in again.").format(user=channel.user))
    client = aiosmtplib.SMTP(
        hostname=channel.host,
        port=channel.port,
        timeout=min(COMMAND_S, within_s),
        use_tls=channel.security is Security.TLS,
        start_tls=channel.security is Security.STARTTLS,
        tls_context=await trust.context() if channel.security is not Security.NONE else None,
        local_hostname=GREETING,
    )
    try:
        async with asyncio.timeout(within_s):
            await client.connect()
            if channel.user and password:
                await client.login(channel.user, password)
            await client.sendmail(channel.sender, [message.recipient], mail_of(channel, message).as_bytes())
    except TimeoutError as error:
        raise DeliveryError(_where(channel) + tr("does not answer.")) from error
    except ssl.SSLCertVerificationError as error:
        raise DeliveryError(_certificate(channel, error)) from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise _translated(channel, error) from error
    finally:
        client.close()  # after QUIT a server may hang, and the message is with it already


def mail_of(channel: EmailChannel, message: Outgoing) -> EmailMessage:
    """Return a message as mail. A line break in a header is refused by the library, and taken out long before."""
    mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))  # there are relays that know no 8BITMIME
    mail["From"] = channel.sender
    mail["To"] = message.recipient
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(datetime.fromtimestamp(message.made_us / 1e6, UTC))
    domain = parseaddr(channel.sender)[1].rpartition("@")[2]
    mail["Message-ID"] = f"<{message.key}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's out-of-office answers this
    mail.set_content(message.body)
    return mail


def _translated(channel: EmailChannel, error: Exception) -> DeliveryError:
    import aiosmtplib

    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return DeliveryError(_certificate(channel, cause))
    match error:
        case aiosmtplib.SMTPTimeoutError():
            return DeliveryError(_where(channel) + tr("does not answer."))
        case aiosmtplib.SMTPAuthenticationError():
            words = tr("does not accept the user or the password: {answer}")
            return DeliveryError(_where(channel) + words.format(answer=answer_text(error.message)))
        case aiosmtplib.SMTPRecipientsRefused():
            return _refused(channel, error.recipients[0])
        case aiosmtplib.SMTPSenderRefused():
            words = tr("does not take mail from {sender}: {answer}")
            answer = answer_text(error.message)
            return DeliveryError(_where(channel) + words.format(sender=channel.sender, answer=answer))
        case aiosmtplib.SMTPConnectResponseError() | aiosmtplib.SMTPHeloError():
            return DeliveryError(_where(channel) + tr("turns us away: {answer}").format(answer=_answer(error)))
        case aiosmtplib.SMTPResponseException():
            return _refused(channel, error)
        case aiosmtplib.SMTPServerDisconnected():
            return DeliveryError(_where(channel) + tr("hung up in the middle."))
        case aiosmtplib.SMTPNotSupported():
            return DeliveryError(_where(channel) + answer_text(str(error)))
    reason = answer_text(str(cause or error))
    return DeliveryError(_where(channel) + tr("cannot be reached: {reason}.").format(reason=reason))


def _refused(channel: EmailChannel, error: Exception) -> DeliveryError:
    """Return the fault of one message: for good when the server says so (RFC 5321, 4.2.1)."""
    code = int(getattr(error, "code", 0))
    words = _where(channel) + tr("did not take the message: {answer}").format(answer=_answer(error))
    return DeliveryError(words, is_final=code >= PERMANENT and code not in OF_SERVER, is_of_channel=code in OF_SERVER)


def _answer(error: Exception) -> str:
    return f"{getattr(error, 'code', '')} {answer_text(str(getattr(error, 'message', error)))}".strip()


def _where(channel: EmailChannel) -> str:
    return tr("The mail server {host}:{port} ").format(host=channel.host, port=channel.port)


def _certificate(channel: EmailChannel, error: ssl.SSLCertVerificationError) -> str:
    words = tr("has a certificate that this computer does not trust: {reason}.")
    return _where(channel) + words.format(reason=answer_text(error.verify_message or str(error)))
