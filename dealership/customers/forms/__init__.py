"""What people type about customers and vehicles; nothing is saved here."""

from dealership.customers.forms.cars import KeeperForm, MileageForm, PlanLineForm, RecallDoneForm, VehicleForm
from dealership.customers.forms.people import ConsentForm, ContactForm, CustomerForm, PhoneForm, QuickRegisterForm
from dealership.customers.forms.uploads import ApplyForm, UploadForm

__all__ = [
    "ApplyForm",
    "ConsentForm",
    "ContactForm",
    "CustomerForm",
    "KeeperForm",
    "MileageForm",
    "PhoneForm",
    "PlanLineForm",
    "QuickRegisterForm",
    "RecallDoneForm",
    "UploadForm",
    "VehicleForm",
]
