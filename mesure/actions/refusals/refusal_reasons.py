"""Why an action cannot happen now, though whoever asked for it may do such things."""

from enum import StrEnum

from mesure.orders.text.catalogue import Catalogue


class Why(StrEnum):
    """The reason in one word."""

    NOT_HERE = "not_here"
    ERASED = "erased"
    THERE_ALREADY = "there_already"
    NAME = "name"
    NAME_TAKEN = "name_taken"
    LANGUAGE = "language"
    ROLE = "role"
    NOT_STAFF = "not_staff"
    LAST_SUPERVISOR = "last_supervisor"
    WHICH_ACCOUNT = "which_account"
    PASSWORD = "password"  # noqa: S105  A reason, and no password.
    PIN = "pin"
    INVITED_FOR = "invited_for"
    ENOUGH_COUNSEL = "enough_counsel"
    SCOPES = "scopes"
    SERVICE_LASTS = "service_lasts"
    NO_OFFICER = "no_officer"
    OFFICER_BARRED = "officer_barred"
    ENOUGH_BARRED = "enough_barred"
    NOT_BARRED = "not_barred"
    NOT_ASKED = "not_asked"
    EMAIL = "email"
    PHONE = "phone"
    NO_CONTACT = "no_contact"
    SPAN = "span"
    GROUND_SPAN = "ground_span"
    REASON = "reason"
    ANSWERED = "answered"
    TOO_LARGE = "too_large"
    ORDER = "order"
    ANOTHER_PERSON = "another_person"
    OTHER_TEXT = "other_text"
    ENDS_BEFORE = "ends_before"
    BEGUN = "begun"
    DECLARED = "declared"
    NOT_GRANTED = "not_granted"
    ENOUGH_ABSENCES = "enough_absences"
    NOT_IN_FORCE = "not_in_force"
    CONDITIONS = "conditions"
    PLACE = "place"
    TRAVEL = "travel"
    DISAGREES = "disagrees"
    BACKDATED = "backdated"
    NOBODYS = "nobodys"
    DEVICE = "device"
    ENOUGH_SAID = "enough_said"
    DOCUMENT = "document"
    DOCUMENTS_FULL = "documents_full"
    BUNDLES_BUSY = "bundles_busy"
    DECIDED_WITH = "decided_with"
    NO_READER = "no_reader"
    SEARCH = "search"
    NO_DIRECTORY = "no_directory"
    DIRECTORY = "directory"
    NO_SITE = "no_site"
    PASSKEY = "passkey"
    ENOUGH_KEYS = "enough_keys"
    CHANGED = "changed"
    CATEGORY = "category"
    UNDECIDED = "undecided"
    NO_VENUES = "no_venues"

    def said(self, catalogue: Catalogue) -> str:
        """Return the reason in a sentence."""
        every = _things(catalogue) | _accounts(catalogue) | _orders(catalogue)
        return every[self]


def _things(catalogue: Catalogue) -> dict[Why, str]:
    """Return the sentences about what is entered and looked for."""
    return {
        Why.NOT_HERE: catalogue.text("There is nothing here under this name."),
        Why.ERASED: catalogue.text("This was erased and cannot be shown any more."),
        Why.THERE_ALREADY: catalogue.text("There is something under this name already."),
        Why.NAME: catalogue.text("This is no name: write 1 to 120 printable signs."),
        Why.LANGUAGE: catalogue.text("There are no texts in this language."),
        Why.TOO_LARGE: catalogue.text("This is larger than what is kept here."),
        Why.SPAN: catalogue.text("Choose a time that ends after it begins and is not over."),
        Why.REASON: catalogue.text("Write in your own words why; nobody else can."),
        Why.ANSWERED: catalogue.text("This was answered before."),
        Why.EMAIL: catalogue.text(
            "This is no e-mail address. Write one alone, such as name@post.example."
        ),
        Why.PHONE: catalogue.text(
            "This is no number of a phone. Write one alone, such as +77010000000."
        ),
        Why.NO_CONTACT: catalogue.text("There is no address to write to. Enter one first."),
        Why.ENOUGH_SAID: catalogue.text("There is as much here as can be kept."),
        Why.DOCUMENT: catalogue.text("Attach a PDF, a JPEG or a PNG."),
        Why.DECIDED_WITH: catalogue.text("Somebody has decided with this document. It stays."),
        Why.DOCUMENTS_FULL: catalogue.text(
            "There is no more room for documents of this person. Hand this one in on paper."
        ),
        Why.BUNDLES_BUSY: catalogue.text(
            "Another bundle is being made. Take yours, or come again in a minute."
        ),
        Why.NO_READER: catalogue.text("Trails cannot be shown by this part of the service."),
        Why.SEARCH: catalogue.text("Search by one thing: day, account, action or refusal."),
        Why.GROUND_SPAN: catalogue.text("A ground shows at most three days of a trail."),
    }


def _accounts(catalogue: Catalogue) -> dict[Why, str]:
    """Return the sentences about accounts and those who hold them."""
    return {
        Why.NAME_TAKEN: catalogue.text("Somebody else signs in with this name. Choose another."),
        Why.ROLE: catalogue.text("An account cannot have this role."),
        Why.NOT_STAFF: catalogue.text("This is no open account of somebody who works here."),
        Why.WHICH_ACCOUNT: catalogue.text("Name one open account."),
        Why.LAST_SUPERVISOR: catalogue.text(
            "This is the last supervisor. Open another supervisor’s account first."
        ),
        Why.PASSWORD: catalogue.text(
            "Choose a password of 12 characters or more that is not your name."
        ),
        Why.PIN: catalogue.text(
            "Choose a PIN of 6 to 12 digits that are not in a row and not all the same."
        ),
        Why.INVITED_FOR: catalogue.text(
            "An invitation ends within 90 days; it can be given again."
        ),
        Why.ENOUGH_COUNSEL: catalogue.text("Five people read this record already."),
        Why.SCOPES: catalogue.text("A token is given for actions that programs may ask for."),
        Why.SERVICE_LASTS: catalogue.text("A token lasts 400 days at most."),
        Why.NO_OFFICER: catalogue.text("This is no officer whose account is open."),
        Why.OFFICER_BARRED: catalogue.text("This officer is barred from the case."),
        Why.ENOUGH_BARRED: catalogue.text("At most ten people are barred from one case."),
        Why.NOT_BARRED: catalogue.text(
            "This account is not barred by name. If it is barred with whoever gave it its last "
            "link, let another supervisor give it a new one."
        ),
        Why.NOT_ASKED: catalogue.text("Nobody asked for that yet. Another supervisor must ask."),
        Why.NO_DIRECTORY: catalogue.text("Nobody signs in by another directory here."),
        Why.DIRECTORY: catalogue.text("The directory does not answer. Try again later."),
        Why.NO_SITE: catalogue.text("Nobody signs in with a passkey here."),
        Why.PASSKEY: catalogue.text("Your device has not made a passkey for this site."),
        Why.ENOUGH_KEYS: catalogue.text("Five passkeys are the most for one account."),
    }


def _orders(catalogue: Catalogue) -> dict[Why, str]:
    """Return the sentences about orders, absences and devices."""
    return {
        Why.ORDER: catalogue.text("The order cannot be read as it is; see what is wrong."),
        Why.ANOTHER_PERSON: catalogue.text("This order is another person’s."),
        Why.OTHER_TEXT: catalogue.text("This is not the text that you read. Read it again."),
        Why.ENDS_BEFORE: catalogue.text("Nothing of this order binds so late."),
        Why.BEGUN: catalogue.text(
            "This has begun already. Give notice of it, or report an emergency."
        ),
        Why.DECLARED: catalogue.text("An emergency is reported within seven days."),
        Why.NOT_GRANTED: catalogue.text("This absence does not hold now."),
        Why.ENOUGH_ABSENCES: catalogue.text("Fifty requests wait for an answer already."),
        Why.NOT_IN_FORCE: catalogue.text("Nothing of this order is in force then."),
        Why.CONDITIONS: catalogue.text("Choose conditions that the order has then."),
        Why.PLACE: catalogue.text("The order has no place of this name then."),
        Why.TRAVEL: catalogue.text("The way to a place takes a day at most."),
        Why.DISAGREES: catalogue.text(
            "Another absence at the same time names another place. Change one of them."
        ),
        Why.BACKDATED: catalogue.text("This was not longer than seven days ago, nor to come."),
        Why.CATEGORY: catalogue.text("There is no such kind of places."),
        Why.UNDECIDED: catalogue.text("Decide first about every place on the list."),
        Why.NO_VENUES: catalogue.text("There is no such place in it."),
        Why.NOBODYS: catalogue.text("Nobody carries this device then."),
        Why.DEVICE: catalogue.text("This device is somebody’s at that time."),
        Why.CHANGED: catalogue.text("Somebody has changed this since you read it. Read it again."),
    }
