"""Addresses of e-mail, relays and endpoints: which ones are good, and that a bad one is refused in plain words."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.subscriptions.mail_address import parse_address
from infrastructure.delivery.wire.addresses import Mailbox, token_of, verp
from infrastructure.delivery.wire.endpoint_url import check_endpoint_url, parse_endpoint_url
from infrastructure.delivery.wire.public_networks import is_public, may_connect
from infrastructure.delivery.wire.smtp_address import SmtpAddress

TOKENS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=8, max_size=40)


class TestAddressesOfMail:
    @pytest.mark.parametrize(
        ("text", "kept"),
        [
            ("ana@example.com", "ana@example.com"),
            (" Ana.B@EXAMPLE.Com ", "Ana.B@example.com"),
            ("ana+status@example.com", "ana+status@example.com"),
            ("o'brien@mail.example.ie", "o'brien@mail.example.ie"),
            ("ana@bücher.example", "ana@xn--bcher-kva.example"),
            ("łucja@example.com", "łucja@example.com"),
            ("ana@faß.example", "ana@xn--fa-hia.example"),
        ],
    )
    def test_are_kept_in_one_form(self, text: str, kept: str) -> None:
        assert parse_address(text) == kept
        assert parse_address(kept) == kept

    @pytest.mark.parametrize(
        "text",
        [
            *("", "ana", "@", "ana@", "@example.com", "ana@@example.com", "ana@b@example.com"),
            *(
                "ana@localhost",
                "ana@example",
                "ana@.example.com",
                "ana@example..com",
                "ana@exa mple.com",
                "ana@127.0.0.1",
            ),
            *("ana@[127.0.0.1]", "ana@example.com.", "ana@-example.com", "ana@exa_mple.com", "ana@example.1"),
            *(
                '"ana b"@example.com',
                "ana(comment)@example.com",
                "Ana <ana@example.com>",
                "ana@example.com, b@example.com",
            ),
            *(".ana@example.com", "ana.@example.com", "a..b@example.com", "an a@example.com", "ana\\@example.com"),
            *("ana\r\nBcc: b@example.com", "ana\n@example.com", "ana\x00@example.com", "ana\u202e@example.com"),
            *(
                "ana\u2028@example.com",
                "ana\u00a0b@example.com",
                "ana@example.com\n",
                "\tana@example.com",
                "ana\ud800@example.com",
            ),
            *("a" * 65 + "@example.com", "ł" * 33 + "@example.com", f"ana@{'a' * 64}.com", f"ana@{'a.' * 130}com"),
        ],
    )
    def test_that_are_none_are_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"^(an address|the part|the domain)"):
            parse_address(text)

    @given(text=st.text(max_size=300) | st.from_regex(r"[^@]{1,70}@[^@]{1,70}", fullmatch=True))
    def test_are_short_and_on_one_line_whatever_is_written(self, text: str) -> None:
        try:
            address = parse_address(text)
        except ValueError:
            return

        assert len(address.encode()) <= 254
        assert len(address.split()) == 1
        assert address.isprintable()
        assert parse_address(address) == address

    @pytest.mark.parametrize(
        ("text", "mailbox"),
        [
            ("status@example.com", Mailbox("status@example.com")),
            ("Acme Status <status@EXAMPLE.com>", Mailbox("status@example.com", "Acme Status")),
            ('"Acme, Inc." <status@example.com>', Mailbox("status@example.com", "Acme, Inc.")),
            ("<status@example.com>", Mailbox("status@example.com")),
        ],
    )
    def test_may_have_a_name(self, text: str, mailbox: Mailbox) -> None:
        assert Mailbox.parse(text) == mailbox
        assert Mailbox.parse(str(mailbox)) == mailbox

    @pytest.mark.parametrize(
        "text", ["Acme", "A\nB <a@example.com>", f"{'A' * 101} <a@example.com>", "A <a@b@c>", "A <>"]
    )
    def test_with_a_name_that_are_none_are_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"^(an address|the part|the domain|the name)"):
            Mailbox.parse(text)


class TestReturnAddresses:
    @given(token=TOKENS)
    def test_lead_back_to_the_delivery(self, token: str) -> None:
        address = verp(Mailbox("Status+news@example.com", "Acme"), token)

        assert address == f"Status+news+{token}@example.com"
        assert token_of(address) == token_of(address.upper()) == token
        assert parse_address(address) == address

    @pytest.mark.parametrize("token", ["", "short", "UPPERCASE", "with-hyphen", "a" * 41, "12345678\n"])
    def test_have_no_other_token(self, token: str) -> None:
        with pytest.raises(ValueError, match="a token in an address"):
            verp(Mailbox("status@example.com"), token)

    def test_are_no_longer_than_an_address_may_be(self) -> None:
        with pytest.raises(ValueError, match="too long for a token"):
            verp(Mailbox(f"{'a' * 60}@example.com"), "12345678")

    @pytest.mark.parametrize(
        "recipient", ["", "status@example.com", "status+x@example.com", "12345678@example.com", "status+", "+@"]
    )
    def test_without_a_token_give_none(self, recipient: str) -> None:
        assert token_of(recipient) is None


class TestRelays:
    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("smtp://relay.example", SmtpAddress(host="relay.example", port=25, is_tls=False)),
            ("SMTP://Relay.Example:2525/", SmtpAddress(host="relay.example", port=2525, is_tls=False)),
            ("smtps://relay.example", SmtpAddress(host="relay.example", port=465, is_tls=True)),
            ("smtp://[::1]:25", SmtpAddress(host="::1", port=25, is_tls=False)),
            (
                "smtp://ana%40example.com:s%2Fe%3As%25@relay.example",
                SmtpAddress(host="relay.example", port=587, is_tls=False, user="ana@example.com", password="s/e:s%"),
            ),
        ],
    )
    def test_are_read(self, text: str, address: SmtpAddress) -> None:
        assert SmtpAddress.parse(text) == address

    @pytest.mark.parametrize(
        "text",
        [
            *("", "relay.example", "http://ana:sesame@relay.example", "smtp://", "smtp:relay.example:25", "smtp://:25"),
            *(
                "smtp://ana:sesame@relay.example:port",
                "smtp://ana:sesame@relay.example:0",
                "smtp://ana:sesame@relay:70000",
            ),
            *(
                "smtp://ana:ses/ame@relay.example",
                "smtp://ana:ses#ame@relay.example",
                "smtp://ana:ses?ame@relay.example",
            ),
            *("smtp://ana@relay.example", "smtp://:sesame@relay.example", "smtp://ana:sesame%0A@relay.example"),
            *(
                "smtp://ana:sesame%ff@relay.example",
                "smtp://ana:sesame@re lay",
                "smtp://ana:sesame@[::1",
            ),
            *("smtp://ana:sesame@relay.example/inbox", "smtp://ana:sesame@relay.example?tls=no"),
            *(
                "smtp://ana:sesame@relay\r\n.example",
                "smtp://ana:ses\tame@relay.example",
                "smtp://ana:sesame@re\u202elay",
            ),
        ],
    )
    def test_that_are_none_are_refused_without_their_password(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"relay|smtp") as refusal:
            SmtpAddress.parse(text)

        assert "ses" not in str(refusal.value)
        assert refusal.value.__cause__ is None
        assert refusal.value.__suppress_context__ or refusal.value.__context__ is None

    def test_do_not_show_their_password(self) -> None:
        address = SmtpAddress.parse("smtp://ana:sesame@relay.example")

        assert str(address) == "smtp://relay.example:587"
        assert "sesame" not in repr(address)

    @pytest.mark.parametrize(
        ("host", "is_loopback"),
        [("localhost", True), ("127.0.0.9", True), ("[::1]", True), ("10.0.0.1", False), ("relay.example", False)],
    )
    def test_may_be_on_the_same_machine(self, host: str, is_loopback: bool) -> None:
        assert SmtpAddress.parse(f"smtp://{host}").is_loopback is is_loopback


class TestEndpoints:
    @pytest.mark.parametrize(
        ("text", "authority", "target"),
        [
            ("https://hooks.example.com", "hooks.example.com", "/"),
            ("https://Hooks.Example.com.:443/a?b=c", "hooks.example.com", "/a?b=c"),
            ("http://hooks.example.com:8080?x", "hooks.example.com:8080", "/?x"),
            ("https://bücher.example/%C3%A4", "xn--bcher-kva.example", "/%C3%A4"),
            ("https://[2606:4700::1111]:8443/x", "[2606:4700::1111]:8443", "/x"),
        ],
    )
    def test_are_read(self, text: str, authority: str, target: str) -> None:
        url = check_endpoint_url(text, allow_private=False)

        assert (url.authority, url.target) == (authority, target)

    @pytest.mark.parametrize(
        "text",
        [
            *(
                "",
                "hooks.example.com",
                "//hooks.example.com",
                "ftp://hooks.example.com",
                "file:///etc/passwd",
                "https:///x",
            ),
            *("https://ana:b@hooks.example.com", "https://@hooks.example.com", "https://hooks.example.com#x"),
            *("https://hooks.example.com/#", "https://hooks.example.com:0", "https://hooks.example.com:99999"),
            *("https://hooks.example.com/a b", "https://hooks.example.com/ä", "https://hooks.example.com/\r\nX: y"),
            *(
                " https://hooks.example.com",
                "\x01https://hooks.example.com",
                "https://hooks.example.com\n",
                "https://ho\toks.a.b",
            ),
            *("https://hooks.example.com/\\x", "https://hooks_.example.com", "https://[::1", "https://[fe80::1%25lo]/"),
            *(
                "https://2130706433/",
                "https://0x7f.1/",
                "https://0177.0.0.1/",
                "https://127.1/",
                "https://\uff11\uff12\uff17.0.0.1/",
            ),
            f"https://hooks.example.com/{'a' * 2_000}",
        ],
    )
    def test_that_are_none_are_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"endpoint|host|domain"):
            parse_endpoint_url(text)

    @pytest.mark.parametrize(
        "host",
        [
            "localhost",
            "localhost.",
            "db",
            "a.localhost",
            "printer.local",
            "x.internal",
            "127.0.0.1",
            "10.1.2.3",
            "[::1]",
        ],
    )
    def test_in_private_networks_need_a_setting(self, host: str) -> None:
        with pytest.raises(ValueError, match="private network"):
            check_endpoint_url(f"http://{host}/", allow_private=False)

        assert check_endpoint_url(f"http://{host}/", allow_private=True).target == "/"

    def test_where_clouds_keep_credentials_are_never_allowed(self) -> None:
        with pytest.raises(ValueError, match="private network"):
            check_endpoint_url("http://169.254.169.254/latest", allow_private=True)

    @given(text=st.text(max_size=60), prefix=st.sampled_from(["https://a.b/", "https://", ""]))
    def test_are_one_line_of_ascii_whatever_is_written(self, text: str, prefix: str) -> None:
        try:
            url = parse_endpoint_url(prefix + text)
        except ValueError:
            return

        for each in (url.authority, url.target):
            assert each.isascii()
            assert each.isprintable()
            assert " " not in each


class TestNetworks:
    @pytest.mark.parametrize(
        "address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2002:808:808::1", "64:ff9b::808:808"]
    )
    def test_are_public(self, address: str) -> None:
        assert is_public(ip_address(address))
        assert may_connect(ip_address(address), allow_private=False)

    @pytest.mark.parametrize(
        "address",
        [
            *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "::1", "fd00::1", "::ffff:10.0.0.1"),
            *("2002:a00:1::1", "64:ff9b::7f00:1"),
        ],
    )
    def test_are_private(self, address: str) -> None:
        assert not may_connect(ip_address(address), allow_private=False)
        assert may_connect(ip_address(address), allow_private=True)

    @pytest.mark.parametrize(
        "address",
        [
            *("0.0.0.0", "0.1.2.3", "169.254.169.254", "224.0.0.1", "239.1.1.1", "255.255.255.255"),  # noqa: S104 - not bound
            *(
                "::",
                "fe80::1",
                "ff02::1",
                "::ffff:169.254.169.254",
                "64:ff9b::a9fe:a9fe",
                "2002:a9fe:a9fe::1",
                "::ffff:0.0.0.0",
            ),
            *("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "::ffff:168.63.129.16"),
            *("64:ff9b::100.100.100.200", "2002:6464:64c8::1"),
        ],
    )
    def test_are_closed_even_where_private_ones_are_allowed(self, address: str) -> None:
        assert not may_connect(ip_address(address), allow_private=True)

    @pytest.mark.parametrize(
        "address", ["192.0.2.1", "198.18.0.1", "240.0.0.1", "2001::1", "2001:db8::1", "64:ff9b:1::1", "4000::1"]
    )
    def test_are_no_public_ones(self, address: str) -> None:
        assert not may_connect(ip_address(address), allow_private=False)
