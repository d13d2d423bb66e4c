//! The port: what is asked how, and what the answers mean.

use async_trait::async_trait;
use bytes::Bytes;
use outbound::{
    Answer,
    http::{Method, header::ACCEPT},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    CapricornClient, bills,
    faults::{Asked, bad_answer, bad_body},
    wire,
};
use crate::{
    domain::{
        Account, Invoice, OrderNumber, Part, PartId, Quote, Stock, Submission, SupplierOrder, Tracking, WantedItem,
    },
    repository::{CircuitState, InventoryPage, PartsPage, PartsSupplier, SupplierError, SupplierFailure},
};

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, SupplierError> {
    answer.json().map_err(bad_body)
}

fn order(raw: Value) -> Result<SupplierOrder, SupplierError> {
    wire::order(raw).ok_or_else(|| bad_answer("its order cannot be read"))
}

#[async_trait]
impl PartsSupplier for CapricornClient {
    async fn validate(&self, account: &Account) -> Result<bool, SupplierError> {
        let request = self.request(account, Method::GET, &["health"], &[])?;
        match self.send(Asked::List, request).await {
            Ok(answer) => read::<Value>(&answer).map(|_| true),
            Err(error) if error.failure == SupplierFailure::CredentialsRefused => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn search(&self, account: &Account, q: &str, limit: u64, offset: u64) -> Result<PartsPage, SupplierError> {
        let query = [("q", q), ("limit", &limit.to_string()), ("offset", &offset.to_string())];
        let request = self.request(account, Method::GET, &["products", "search"], &query)?;
        let answer: wire::SearchAnswer = read(&self.send(Asked::List, request).await?)?;
        Ok(PartsPage { parts: answer.products.into_iter().map(Part::from).collect(), total: answer.total })
    }

    async fn part(&self, account: &Account, id: &PartId) -> Result<Part, SupplierError> {
        let request = self.request(account, Method::GET, &["products", id.as_str()], &[])?;
        let part = Part::from(read::<wire::Product>(&self.send(Asked::Thing, request).await?)?);
        if part.id != *id {
            return Err(bad_answer("its part is another one"));
        }
        Ok(part)
    }

    async fn stock(&self, account: &Account, id: &PartId) -> Result<Stock, SupplierError> {
        let request = self.request(account, Method::GET, &["inventory", id.as_str()], &[])?;
        let stock = Stock::from(read::<wire::StockAnswer>(&self.send(Asked::Thing, request).await?)?);
        if stock.part != *id {
            return Err(bad_answer("its stock is of another part"));
        }
        Ok(stock)
    }

    async fn inventory(
        &self,
        account: &Account,
        limit: u64,
        cursor: Option<String>,
    ) -> Result<InventoryPage, SupplierError> {
        let limit = limit.to_string();
        let mut query = vec![("limit", limit.as_str())];
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let request = self.request(account, Method::GET, &["inventory"], &query)?;
        let answer: wire::InventoryAnswer = read(&self.send(Asked::List, request).await?)?;
        Ok(InventoryPage {
            items: answer.items.into_iter().map(Into::into).collect(),
            next_cursor: answer.next_cursor.filter(|cursor| !cursor.is_empty()),
            total: answer.total,
        })
    }

    async fn quote(&self, account: &Account, items: &[WantedItem]) -> Result<Quote, SupplierError> {
        let wanted = items.iter().map(|item| json!({ "productId": item.part.as_str(), "quantity": item.quantity }));
        let body = json!({ "customerId": account.customer_id, "items": wanted.collect::<Vec<_>>() });
        // A quote changes nothing, so it may be asked for again.
        let request = self.request(account, Method::POST, &["quotes"], &[])?.json(&body).idempotent();
        bills::quote(read(&self.send(Asked::List, request).await?)?, items)
    }

    async fn submit(&self, account: &Account, order_: &Submission) -> Result<SupplierOrder, SupplierError> {
        let request = self
            .request(account, Method::POST, &["orders"], &[])?
            .idempotency_key(order_.number.as_str())
            .json(&wire::OrderSent::new(&account.customer_id, order_))
            .once();
        order(read(&self.send(Asked::Order, request).await?)?)
    }

    async fn find(&self, account: &Account, number: &OrderNumber) -> Result<Vec<SupplierOrder>, SupplierError> {
        let query = [("clientReference", number.as_str())];
        let request = self.request(account, Method::GET, &["orders"], &query)?.once();
        let answer: wire::OrdersAnswer = read(&self.send(Asked::List, request).await?)?;
        answer.orders.into_iter().map(order).collect()
    }

    async fn order(&self, account: &Account, order_id: &str) -> Result<SupplierOrder, SupplierError> {
        let request = self.request(account, Method::GET, &["orders", order_id], &[])?;
        order(read(&self.send(Asked::Thing, request).await?)?)
    }

    async fn tracking(&self, account: &Account, order_id: &str) -> Result<Tracking, SupplierError> {
        let request = self.request(account, Method::GET, &["orders", order_id, "tracking"], &[])?;
        Ok(read::<wire::TrackingAnswer>(&self.send(Asked::Thing, request).await?)?.into())
    }

    async fn cancel(&self, account: &Account, order_id: &str) -> Result<SupplierOrder, SupplierError> {
        let request = self.request(account, Method::POST, &["orders", order_id, "cancel"], &[])?.once();
        order(read(&self.send(Asked::Thing, request).await?)?)
    }

    async fn invoice(&self, account: &Account, order_id: &str) -> Result<Invoice, SupplierError> {
        let request = self.request(account, Method::GET, &["orders", order_id, "invoice"], &[])?;
        bills::invoice(read(&self.send(Asked::Thing, request).await?)?, order_id)
    }

    async fn invoice_pdf(&self, account: &Account, order_id: &str) -> Result<Bytes, SupplierError> {
        let request = self
            .request(account, Method::GET, &["orders", order_id, "invoice"], &[])?
            .header(ACCEPT, "application/pdf")
            .max_answer_bytes(self.settings.max_pdf_bytes);
        let answer = self.send(Asked::Thing, request).await?;
        let body = answer.body().map_err(bad_body)?;
        if !body.starts_with(b"%PDF-") {
            return Err(bad_answer("its invoice is no PDF"));
        }
        Ok(body.clone())
    }

    fn circuit(&self, account: &Account) -> CircuitState {
        match self.http.circuit(&self.lane(account)) {
            outbound::CircuitState::Closed => CircuitState::Closed,
            outbound::CircuitState::Open => CircuitState::Open,
            outbound::CircuitState::HalfOpen => CircuitState::HalfOpen,
        }
    }
}
