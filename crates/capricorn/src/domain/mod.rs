//! Types and rules, without any input or output.

mod account;
mod inventory;
mod invoice;
mod order;
mod part;
mod quote;
mod search;
mod stock;
mod supplier_order;
mod tracking;
mod vehicle;
mod wanted;

pub use account::{Account, AccountSource};
pub use inventory::{InventoryFilter, InventorySort, SearchText, StockedPart, SyncRun, SyncStatus};
pub use invoice::{Invoice, InvoiceLine};
pub use order::{
    Answer, CancelAsked, Doubt, LineFate, MAX_SENDS, NewItem, NewItemInput, NewOrder, NewOrderInput, News, Order,
    OrderFilter, OrderId, OrderLine, OrderNotes, OrderSort, OrderStatus, OrderTiming, Outcome, Progress,
    PurchaseOrderNumber, Resolution, ResolutionInput, ResolutionNote, Step, UsedCredentials, Verdict, apply, reconcile,
};
pub use part::{Fitment, InventoryItem, Part, PartId};
pub use quote::{Quote, QuoteLine, WantedItem};
pub use search::{Aged, FoundPart, FoundParts, PartSearch};
pub use stock::{Stock, WarehouseStock};
pub use supplier_order::{
    DeliveryType, OrderNumber, Submission, SubmissionLine, SupplierLine, SupplierOrder, SupplierStatus,
};
pub use tracking::{Shipment, ShipmentEvent, Tracking};
pub use vehicle::{Vehicle, VehicleFilter, VehicleInput};
pub use wanted::{ItemInput, MAX_ITEMS, MAX_QUANTITY, NewQuote, parse_items};
