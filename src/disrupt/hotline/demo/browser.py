"""A person's browser without JavaScript: follows links, fills forms by their field names, keeps cookies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx

from disrupt.hotline.demo.errors import DemoFailed

Files = list[tuple[str, tuple[str, bytes, str]]]


@dataclass
class Form:
    """A form of a page: where it goes, and the values it would send as it stands."""

    action: str
    method: str = "get"
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self._form: Form | None = None
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(
                urljoin(self.page.url, values.get("action", "")), values.get("method", "get").lower()
            )
            self.page.forms.append(self._form)
        elif tag == "a" and "href" in values:
            self.page.links.append(urljoin(self.page.url, values["href"]))
        elif self._form is not None and values.get("name"):
            self._control(self._form, tag, values)
        elif tag == "option" and self._form is not None and self._select and "selected" in values:
            self._form.fields.append((self._select, values.get("value", "")))

    def _control(self, form: Form, tag: str, values: dict[str, str]) -> None:
        name, value, kind = values["name"], values.get("value", ""), values.get("type", "text")
        if tag == "button" or kind == "submit":
            form.buttons.append((name, value))
            return
        form.names.add(name)
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
        elif tag == "input" and kind in {"checkbox", "radio"}:
            if "checked" in values:
                form.fields.append((name, value or "on"))
        elif tag == "input" and kind != "file":
            form.fields.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form is not None:
            self._form.fields.append((self._textarea, data))
        elif data.strip():
            self.page.text.append(data.strip())


@dataclass
class Page:
    """What came back: status, address, text, links and forms."""

    status: int
    url: str
    html: str
    forms: list[Form] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        return " ".join(self.text)

    def form(self, *names: str) -> Form:
        """The form that has all these fields. Raises DemoFailed."""
        for form in self.forms:
            if set(names) <= form.names:
                return form
        raise DemoFailed(f"No form with {', '.join(names)} on {self.url}; it says: {self.words[:300]}")


class Browser:
    """One person's session; a context manager."""

    def __init__(
        self,
        language: str = "en",
        *,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._client = httpx.Client(
            follow_redirects=True,
            timeout=120,
            headers={"Accept-Language": language, **(headers or {})},
            trust_env=False,
            transport=transport,
        )

    def get(self, url: str) -> Page:
        return self._page(self._client.get(url))

    def submit(
        self,
        page: Page,
        form: Form,
        values: dict[str, str | list[str]],
        *,
        files: Files | None = None,
        button: str = "",
    ) -> Page:
        """Send a form with some of its fields filled in; the rest as the page gave it."""
        sent: dict[str, list[str]] = {}
        for name, value in form.fields:
            sent.setdefault(name, []).append(value)
        for name, given in values.items():
            sent[name] = given if isinstance(given, list) else [given]
        if button:
            sent.update({name: [value] for name, value in form.buttons if button in (name, value)})
        headers = {"Origin": str(httpx.URL(page.url).copy_with(path="/", query=None)).rstrip("/")}
        response = self._client.post(form.action, data=sent, files=files or None, headers=headers)
        return self._page(response)

    def _page(self, response: httpx.Response) -> Page:
        page = Page(response.status_code, str(response.url), response.text)
        if response.headers.get("content-type", "").startswith("text/html"):
            _Reader(page).feed(response.text)
        return page

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.close()
