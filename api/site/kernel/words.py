"""What well-known keys are called where nobody has named them: kinds of data, capabilities, audiences, channels."""

from __future__ import annotations

from typing import Protocol

from application.texts import translatable

NAMES = {
    # Capabilities of panels, kinds of data, and headings of instructions.
    "accounts": translatable("Accounts"),
    "api": "API",
    "archive": translatable("Archive"),
    "automatic_actions": translatable("Automatic actions"),
    "comparison_feed": translatable("Feed for price comparison sites"),
    "external_warehouse_api": translatable("API for external warehouses"),
    "faq": translatable("Frequently asked questions"),
    "invoices": translatable("Invoices"),
    "login": translatable("Login"),
    "offers": translatable("Offers"),
    "orders": translatable("Orders"),
    "parcel_statuses": translatable("Parcel statuses"),
    "payments": translatable("Payments"),
    "price_sync": translatable("Price synchronization"),
    "prices": translatable("Prices"),
    "refund_action": translatable("Automatic refunds"),
    "shipments": translatable("Shipments"),
    "shop_orders": translatable("Orders from shops"),
    "stock": translatable("Stock"),
    "stock_sync": translatable("Stock synchronization"),
    "temporary_account": translatable("Temporary account"),
    "warehouse": translatable("Warehouse"),
    # Kinds of numbers.
    "invoice": translatable("Invoice"),
    "offer": translatable("Offer"),
    "order": translatable("Order"),
    "payment": translatable("Payment"),
    "shipment": translatable("Shipment"),
    # Automatic actions.
    "delivery_form_downloaded": translatable("Delivery form downloaded"),
    "in_status_for_days": translatable("In a status for a number of days"),
    "order_downloaded": translatable("Order downloaded"),
    "order_exists_for_days": translatable("Order exists for a number of days"),
    "order_paid": translatable("Order paid"),
    # Audiences.
    "buyers": translatable("Buyers"),
    "couriers": translatable("Couriers"),
    "customers": translatable("Customers"),
    "erp_partners": translatable("ERP partners"),
    "integrators": translatable("Integrators"),
    "marketplace_partners": translatable("Marketplace partners"),
    "sellers": translatable("Sellers"),
    # Groups of components.
    "carriers": translatable("Carriers"),
    "integrations": translatable("Integrations"),
    "platform": translatable("Platform"),
    # Channels of contacts.
    "email": translatable("E-mail"),
    "form": translatable("Contact form"),
    "phone": translatable("Phone"),
    "support": translatable("Support"),
}


class Translator(Protocol):
    """Gives built-in texts in one language."""

    def text(self, message: str) -> str:
        """Give a text in the language."""
        ...


def name_of(speech: Translator, key: str) -> str:
    """Name a key: by its well-known name, else by the words that it is made of."""
    known = NAMES.get(key)
    if known is not None:
        return speech.text(known)
    words = key.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def within_sentence(name: str) -> str:
    """Write a name as it stands within a sentence: without its capital letter, unless it is an abbreviation."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
