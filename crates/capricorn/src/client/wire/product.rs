use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};

use super::{Amount, Text, part_id};
use crate::domain::{Fitment, InventoryItem, Part, PartId, Stock, WarehouseStock};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SearchAnswer {
    pub(crate) products: Vec<Product>,
    pub(crate) total: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Product {
    #[serde(deserialize_with = "part_id")]
    id: PartId,
    sku: Text,
    name: Text,
    #[serde(default)]
    brand: Text,
    #[serde(default)]
    description: Text,
    #[serde(default)]
    category: Text,
    price: Amount,
    #[serde(default, rename = "currency")]
    _currency: Aud,
    #[serde(default, deserialize_with = "count")]
    available_stock: u32,
    pack_size: Option<u32>,
    images: Option<Vec<Text>>,
    fitments: Option<Vec<FitmentJson>>,
    superseded_by: Option<String>,
    updated_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FitmentJson {
    make: Text,
    model: Text,
    #[serde(default)]
    series: Text,
    year_from: Option<u16>,
    year_to: Option<u16>,
    #[serde(default)]
    engine: Text,
}

impl From<Product> for Part {
    fn from(product: Product) -> Self {
        let fitments = product.fitments.unwrap_or_default().into_iter().map(|fitment| Fitment {
            make: fitment.make.0,
            model: fitment.model.0,
            series: fitment.series.optional(),
            year_from: fitment.year_from,
            year_to: fitment.year_to,
            engine: fitment.engine.optional(),
        });
        Self {
            id: product.id,
            sku: product.sku.0,
            name: product.name.0,
            brand: product.brand.0,
            description: product.description.optional(),
            category: product.category.optional(),
            price: product.price.0,
            available_stock: product.available_stock,
            pack_size: product.pack_size,
            images: product.images.unwrap_or_default().into_iter().filter_map(Text::optional).collect(),
            fitments: fitments.collect(),
            superseded_by: product.superseded_by.and_then(|id| PartId::parse_as("supersededBy", &id).ok()),
            updated_at: product.updated_at,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StockAnswer {
    #[serde(deserialize_with = "part_id")]
    product_id: PartId,
    #[serde(deserialize_with = "count")]
    available_stock: u32,
    warehouses: Option<Vec<Warehouse>>,
    as_of: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Warehouse {
    code: Text,
    #[serde(default)]
    name: Text,
    #[serde(deserialize_with = "count")]
    available_stock: u32,
    lead_time_days: Option<u32>,
}

impl From<StockAnswer> for Stock {
    fn from(answer: StockAnswer) -> Self {
        let warehouses = answer.warehouses.unwrap_or_default().into_iter().map(|warehouse| WarehouseStock {
            code: warehouse.code.0,
            name: warehouse.name.0,
            available_stock: warehouse.available_stock,
            lead_time_days: warehouse.lead_time_days,
        });
        Self {
            part: answer.product_id,
            available_stock: answer.available_stock,
            warehouses: warehouses.collect(),
            as_of: answer.as_of,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InventoryAnswer {
    pub(crate) items: Vec<Listed>,
    pub(crate) next_cursor: Option<String>,
    pub(crate) total: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listed {
    #[serde(deserialize_with = "part_id")]
    product_id: PartId,
    sku: Text,
    name: Text,
    #[serde(default)]
    brand: Text,
    #[serde(default)]
    category: Text,
    price: Amount,
    #[serde(default, rename = "currency")]
    _currency: Aud,
    #[serde(default, deserialize_with = "count")]
    available_stock: u32,
    updated_at: Option<DateTime<Utc>>,
}

impl From<Listed> for InventoryItem {
    fn from(listed: Listed) -> Self {
        Self {
            id: listed.product_id,
            sku: listed.sku.0,
            name: listed.name.0,
            brand: listed.brand.0,
            category: listed.category.optional(),
            price: listed.price.0,
            available_stock: listed.available_stock,
            updated_at: listed.updated_at,
        }
    }
}

/// The only currency that there is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Aud;

impl<'de> Deserialize<'de> for Aud {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Option::<String>::deserialize(deserializer)?.as_deref() {
            None | Some("AUD") => Ok(Self),
            Some(_) => Err(serde::de::Error::custom("amounts are in AUD")),
        }
    }
}

/// How many there are: what is owed is none.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let count = Option::<i64>::deserialize(deserializer)?.unwrap_or_default();
    Ok(u32::try_from(count.max(0)).unwrap_or(u32::MAX))
}
