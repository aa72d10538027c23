"""Refusal reasons: why an action cannot happen now, to a caller who may do such things."""

from enum import StrEnum

from mesure.orders.text.catalogue import Catalogue


class ActionRefusal(StrEnum):
    """The reason in one word."""

    NOT_HERE = "not_here"
    ERASED = "erased"
    UNREADABLE = "unreadable"
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
    RESUMED = "resumed"
    NO_MAIL = "no_mail"
    NO_GATEWAY = "no_gateway"
    NO_CHANNEL = "no_channel"
    SPAN = "span"
    OVER = "over"
    FUTURE = "future"
    GROUND_SPAN = "ground_span"
    REASON = "reason"
    ANSWERED = "answered"
    TOO_LARGE = "too_large"
    ORDER = "order"
    ANOTHER_PERSON = "another_person"
    OTHER_TEXT = "other_text"
    ENDS_BEFORE = "ends_before"
    ENDS_AFTER_BEGINNING = "ends_after_beginning"
    END_PASSED = "end_passed"
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
    RETURNED = "returned"
    ENOUGH_SAID = "enough_said"
    DOCUMENT = "document"
    DOCUMENTS_FULL = "documents_full"
    PAPERS_FULL = "papers_full"
    NO_PAPER = "no_paper"
    NOTE_STANDS = "note_stands"
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

    def in_words(self, catalogue: Catalogue) -> str:
        """Return the reason in a sentence."""
        every = _things(catalogue) | _accounts(catalogue) | _orders(catalogue)
        return every[self]


def _things(catalogue: Catalogue) -> dict[ActionRefusal, str]:
    """Return the sentences about what is entered and looked for."""
    return {
        ActionRefusal.NOT_HERE: catalogue.text("There is nothing here under this name."),
        ActionRefusal.ERASED: catalogue.text("This was erased and cannot be shown any more."),
        ActionRefusal.UNREADABLE: catalogue.text(
            "This record cannot be read: its key is lost. The operator should restore the newest "
            "copy of keys.db, then run mesurectl keys check."
        ),
        ActionRefusal.THERE_ALREADY: catalogue.text("There is something under this name already."),
        ActionRefusal.NAME: catalogue.text("A name has 1 to 120 printable characters."),
        ActionRefusal.LANGUAGE: catalogue.text("There are no texts in this language."),
        ActionRefusal.SPAN: catalogue.text(
            "Choose a time that ends after it begins and is not too long."
        ),
        ActionRefusal.OVER: catalogue.text("This time is over. Choose one that is not."),
        ActionRefusal.FUTURE: catalogue.text("This day has not come yet. Enter a day that has."),
        ActionRefusal.REASON: catalogue.text(
            "Write in your own words why; nobody else can. If you did, it is too long."
        ),
        ActionRefusal.ANSWERED: catalogue.text("This was answered before."),
        ActionRefusal.EMAIL: catalogue.text(
            "This is not an e-mail address. Write one alone, such as name@post.example."
        ),
        ActionRefusal.PHONE: catalogue.text(
            "This is not a phone number. Write one alone, such as +77010000000."
        ),
        ActionRefusal.NO_CONTACT: catalogue.text(
            "There is no address to write to. Enter one first."
        ),
        ActionRefusal.RESUMED: catalogue.text("Nothing was sent yet: look at it, and send it."),
        ActionRefusal.NO_MAIL: catalogue.text(
            "Nothing is set up that sends e-mail, so no message can be sent. Tell the operator."
        ),
        ActionRefusal.NO_GATEWAY: catalogue.text(
            "Nothing is set up that reaches a telephone, so no message can be sent. "
            "Tell the operator."
        ),
        ActionRefusal.NO_CHANNEL: catalogue.text(
            "Nothing is set up that sends e-mail or reaches a telephone, so no message "
            "can be sent. Tell the operator."
        ),
        ActionRefusal.ENOUGH_SAID: catalogue.text("There is no room for more here."),
        ActionRefusal.DOCUMENT: catalogue.text("Attach a PDF, a JPEG or a PNG."),
        ActionRefusal.DECIDED_WITH: catalogue.text(
            "Somebody has decided with this document. It stays."
        ),
        ActionRefusal.DOCUMENTS_FULL: catalogue.text(
            "There is no more room for documents of this person. Hand this one in on paper."
        ),
        ActionRefusal.BUNDLES_BUSY: catalogue.text(
            "Another bundle is being made. Take yours, or come again in a minute."
        ),
        ActionRefusal.SEARCH: catalogue.text(
            "Search by one thing: day, account, action or refusal."
        ),
    }


def _accounts(catalogue: Catalogue) -> dict[ActionRefusal, str]:
    """Return the sentences about accounts and those who hold them."""
    return {
        ActionRefusal.NAME_TAKEN: catalogue.text(
            "Somebody else signs in with this name. Choose another."
        ),
        ActionRefusal.ROLE: catalogue.text("An account cannot have this role."),
        ActionRefusal.NOT_STAFF: catalogue.text(
            "This is no open account of somebody who works here."
        ),
        ActionRefusal.WHICH_ACCOUNT: catalogue.text("Name one open account."),
        ActionRefusal.LAST_SUPERVISOR: catalogue.text(
            "This is the last supervisor. Open another supervisor’s account first."
        ),
        ActionRefusal.PASSWORD: catalogue.text(
            "Choose a password of 12 characters or more that is not your name."
        ),
        ActionRefusal.PIN: catalogue.text(
            "Choose a PIN of 6 to 12 digits that are not in a row and not all the same."
        ),
        ActionRefusal.INVITED_FOR: catalogue.text(
            "An invitation ends within 90 days; it can be given again."
        ),
        ActionRefusal.ENOUGH_COUNSEL: catalogue.text("Five people read this record already."),
        ActionRefusal.SCOPES: catalogue.text(
            "A token is given for actions that programs may ask for."
        ),
        ActionRefusal.SERVICE_LASTS: catalogue.text("A token lasts 400 days at most."),
        ActionRefusal.NO_OFFICER: catalogue.text("This is no officer whose account is open."),
        ActionRefusal.OFFICER_BARRED: catalogue.text("This officer is barred from the case."),
        ActionRefusal.ENOUGH_BARRED: catalogue.text("At most ten people are barred from one case."),
        ActionRefusal.NOT_BARRED: catalogue.text(
            "This account is not barred by name. It may be barred because the person who gave its "
            "last link is barred. If so, another supervisor can give it a new link."
        ),
        ActionRefusal.NOT_ASKED: catalogue.text(
            "Nobody asked for that yet. Another supervisor must ask."
        ),
        ActionRefusal.NO_DIRECTORY: catalogue.text("Nobody signs in by another directory here."),
        ActionRefusal.DIRECTORY: catalogue.text("The directory does not answer. Try again later."),
        ActionRefusal.NO_SITE: catalogue.text("Nobody signs in with a passkey here."),
        ActionRefusal.PASSKEY: catalogue.text("Your device has not made a passkey for this site."),
        ActionRefusal.ENOUGH_KEYS: catalogue.text("Five passkeys are the most for one account."),
    }


def _orders(catalogue: Catalogue) -> dict[ActionRefusal, str]:
    """Return the sentences about orders, absences and devices."""
    return {
        ActionRefusal.TOO_LARGE: catalogue.text(
            "This is too large. A document may have 10 MB, an order with at most 100 maps 16 MB, "
            "a list 10,000 places."
        ),
        ActionRefusal.NO_READER: catalogue.text(
            "Trails cannot be shown by this part of the service."
        ),
        ActionRefusal.GROUND_SPAN: catalogue.text("A ground shows at most three days of a trail."),
        ActionRefusal.ORDER: catalogue.text(
            "The order cannot be read as it is; see what is wrong."
        ),
        ActionRefusal.ANOTHER_PERSON: catalogue.text("This order is another person’s."),
        ActionRefusal.OTHER_TEXT: catalogue.text(
            "The text or a paper is not what you read. Read it again."
        ),
        ActionRefusal.PAPERS_FULL: catalogue.text(
            "There is no more room for papers of the court about this person. Take back one that "
            "is not needed."
        ),
        ActionRefusal.NO_PAPER: catalogue.text(
            "No paper of the court is attached to this order. Attach it to the order first."
        ),
        ActionRefusal.NOTE_STANDS: catalogue.text(
            "The time to take this note back is over. Correct it; the person reads both."
        ),
        ActionRefusal.ENDS_BEFORE: catalogue.text("Nothing of this order binds so late."),
        ActionRefusal.ENDS_AFTER_BEGINNING: catalogue.text(
            "This order has begun already, so it can only end after its beginning."
        ),
        ActionRefusal.END_PASSED: catalogue.text(
            "This order has ended already. If the person is under an order again, enter a new one."
        ),
        ActionRefusal.BEGUN: catalogue.text(
            "This has begun already. Give notice of it, or report an emergency."
        ),
        ActionRefusal.DECLARED: catalogue.text("An emergency is reported within seven days."),
        ActionRefusal.NOT_GRANTED: catalogue.text("This absence does not hold now."),
        ActionRefusal.ENOUGH_ABSENCES: catalogue.text("Fifty requests wait for an answer already."),
        ActionRefusal.NOT_IN_FORCE: catalogue.text("Nothing of this order is in force then."),
        ActionRefusal.CONDITIONS: catalogue.text("Choose conditions that the order has then."),
        ActionRefusal.PLACE: catalogue.text("The order has no place of this name then."),
        ActionRefusal.TRAVEL: catalogue.text("The way to a place takes a day at most."),
        ActionRefusal.DISAGREES: catalogue.text(
            "Another absence at the same time names another place. Change one of them."
        ),
        ActionRefusal.BACKDATED: catalogue.text("Enter a time within the last seven days."),
        ActionRefusal.CATEGORY: catalogue.text("There is no such kind of places."),
        ActionRefusal.UNDECIDED: catalogue.text("Decide first about every place on the list."),
        ActionRefusal.NO_VENUES: catalogue.text("There is no such place in it."),
        ActionRefusal.NOBODYS: catalogue.text("Nobody carries this device then."),
        ActionRefusal.DEVICE: catalogue.text("This device is somebody’s at that time."),
        ActionRefusal.RETURNED: catalogue.text("When it was given back is entered already."),
        ActionRefusal.CHANGED: catalogue.text(
            "Somebody has changed this since you read it. Read it again."
        ),
    }
