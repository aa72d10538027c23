"""Refusal reasons: why an action cannot happen now, to a caller who may do such things."""

from mesure.orders.text.sayings import TranslatableEnum


class ActionRefusal(TranslatableEnum):
    """The reason in one word."""

    NOT_HERE = "not_here", "There is nothing here under this name."
    ERASED = "erased", "This was erased and cannot be shown any more."
    UNREADABLE = (
        "unreadable",
        (
            "This record cannot be read: its key is lost. The operator should restore the newest "
            "copy of keys.db, then run mesurectl keys check."
        ),
    )
    THERE_ALREADY = "there_already", "There is something under this name already."
    NAME = "name", "A name has 1 to 120 printable characters."
    NAME_TAKEN = "name_taken", "Somebody else signs in with this name. Choose another."
    LANGUAGE = "language", "There are no texts in this language."
    ROLE = "role", "An account cannot have this role."
    NOT_STAFF = "not_staff", "This is no open account of somebody who works here."
    LAST_SUPERVISOR = (
        "last_supervisor",
        "This is the last supervisor. Open another supervisor’s account first.",
    )
    WHICH_ACCOUNT = "which_account", "Name one open account."
    PASSWORD = "password", "Choose a password of 12 characters or more that is not your name."
    PIN = "pin", "Choose a PIN of 6 to 12 digits that are not in a row and not all the same."
    INVITED_FOR = "invited_for", "An invitation ends within 90 days; it can be given again."
    ENOUGH_COUNSEL = "enough_counsel", "Five people read this record already."
    SCOPES = "scopes", "A token is given for actions that programs may ask for."
    SERVICE_LASTS = "service_lasts", "A token lasts 400 days at most."
    NO_OFFICER = "no_officer", "This is no officer whose account is open."
    OFFICER_BARRED = "officer_barred", "This officer is barred from the case."
    ENOUGH_BARRED = "enough_barred", "At most ten people are barred from one case."
    NOT_BARRED = (
        "not_barred",
        (
            "This account is not barred by name. It may be barred because the person who gave its "
            "last link is barred. If so, another supervisor can give it a new link."
        ),
    )
    NOT_ASKED = "not_asked", "Nobody asked for that yet. Another supervisor must ask."
    EMAIL = "email", "This is not an e-mail address. Write one alone, such as name@post.example."
    PHONE = "phone", "This is not a phone number. Write one alone, such as +77010000000."
    NO_CONTACT = "no_contact", "There is no address to write to. Enter one first."
    RESUMED = "resumed", "Nothing was sent yet: look at it, and send it."
    NO_MAIL = (
        "no_mail",
        "Nothing is set up that sends e-mail, so no message can be sent. Tell the operator.",
    )
    NO_GATEWAY = (
        "no_gateway",
        "Nothing is set up that reaches a telephone, so no message can be sent. Tell the operator.",
    )
    NO_CHANNEL = (
        "no_channel",
        (
            "Nothing is set up that sends e-mail or reaches a telephone, so no message "
            "can be sent. Tell the operator."
        ),
    )
    SPAN = "span", "Choose a time that ends after it begins and is not too long."
    OVER = "over", "This time is over. Choose one that is not."
    FUTURE = "future", "This day has not come yet. Enter a day that has."
    GROUND_SPAN = "ground_span", "A ground shows at most three days of a trail."
    REASON = "reason", "Write in your own words why; nobody else can. If you did, it is too long."
    ANSWERED = "answered", "This was answered before."
    TOO_LARGE = (
        "too_large",
        (
            "This is too large. A document may have 10 MB, an order with at most 100 maps 16 MB, "
            "a list 10,000 places."
        ),
    )
    ORDER = "order", "The order cannot be read as it is; see what is wrong."
    ANOTHER_PERSON = "another_person", "This order is another person’s."
    OTHER_TEXT = "other_text", "The text or a paper is not what you read. Read it again."
    ENDS_BEFORE = "ends_before", "Nothing of this order binds so late."
    ENDS_AFTER_BEGINNING = (
        "ends_after_beginning",
        "This order has begun already, so it can only end after its beginning.",
    )
    END_PASSED = (
        "end_passed",
        "This order has ended already. If the person is under an order again, enter a new one.",
    )
    BEGUN = "begun", "This has begun already. Give notice of it, or report an emergency."
    DECLARED = "declared", "An emergency is reported within seven days."
    NOT_GRANTED = "not_granted", "This absence does not hold now."
    ENOUGH_ABSENCES = "enough_absences", "Fifty requests wait for an answer already."
    NOT_IN_FORCE = "not_in_force", "Nothing of this order is in force then."
    CONDITIONS = "conditions", "Choose conditions that the order has then."
    PLACE = "place", "The order has no place of this name then."
    TRAVEL = "travel", "The way to a place takes a day at most."
    DISAGREES = (
        "disagrees",
        "Another absence at the same time names another place. Change one of them.",
    )
    BACKDATED = "backdated", "Enter a time within the last seven days."
    NOBODYS = "nobodys", "Nobody carries this device then."
    DEVICE = "device", "This device is somebody’s at that time."
    RETURNED = "returned", "When it was given back is entered already."
    ENOUGH_SAID = "enough_said", "There is no room for more here."
    DOCUMENT = "document", "Attach a PDF, a JPEG or a PNG."
    DOCUMENTS_FULL = (
        "documents_full",
        "There is no more room for documents of this person. Hand this one in on paper.",
    )
    PAPERS_FULL = (
        "papers_full",
        (
            "There is no more room for papers of the court about this person. Take back one that "
            "is not needed."
        ),
    )
    NO_PAPER = (
        "no_paper",
        "No paper of the court is attached to this order. Attach it to the order first.",
    )
    NOTE_STANDS = (
        "note_stands",
        "The time to take this note back is over. Correct it; the person reads both.",
    )
    BUNDLES_BUSY = (
        "bundles_busy",
        "Another bundle is being made. Take yours, or come again in a minute.",
    )
    DECIDED_WITH = "decided_with", "Somebody has decided with this document. It stays."
    NO_READER = "no_reader", "Trails cannot be shown by this part of the service."
    SEARCH = "search", "Search by one thing: day, account, action or refusal."
    NO_DIRECTORY = "no_directory", "Nobody signs in by another directory here."
    DIRECTORY = "directory", "The directory does not answer. Try again later."
    NO_SITE = "no_site", "Nobody signs in with a passkey here."
    PASSKEY = "passkey", "Your device has not made a passkey for this site."
    ENOUGH_KEYS = "enough_keys", "Five passkeys are the most for one account."
    CHANGED = "changed", "Somebody has changed this since you read it. Read it again."
    CATEGORY = "category", "There is no such kind of places."
    UNDECIDED = "undecided", "Decide first about every place on the list."
    NO_VENUES = "no_venues", "There is no such place in it."
