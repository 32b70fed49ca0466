"""XML of documents and drawings: read without following what it points at, and parts of it removed."""

from typing import Any

from lxml import etree

_SVG = "http://www.w3.org/2000/svg"
_W3 = "w3.org"


def read_markup(content: bytes) -> Any:
    """The root element, without remarks. Raises lxml.etree.XMLSyntaxError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    return etree.fromstring(content, parser)


def write_markup(root: Any) -> bytes:
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def remove_element(element: Any) -> None:
    """Remove an element; the text after it stays."""
    parent, before, tail = element.getparent(), element.getprevious(), element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def clean_drawing(content: bytes) -> bytes:
    """An SVG without what the program that drew it wrote in it: paths, names, a licence."""
    root = read_markup(content)
    for element in list(root.iter(etree.Element)):
        tag = etree.QName(element)
        if tag.namespace != _SVG or tag.localname == "metadata":
            if element.getparent() is not None:
                remove_element(element)
            continue
        for key in list(element.attrib):
            if _W3 not in (etree.QName(key).namespace or _W3):
                del element.attrib[key]
    return write_markup(root)
