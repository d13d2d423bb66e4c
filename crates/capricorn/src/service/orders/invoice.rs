use bytes::Bytes;
use kernel::TenantId;

use super::WorkshopOrders;
use crate::{
    CapricornError,
    domain::{Account, Invoice, OrderId, Tracking},
    repository::{SupplierError, SupplierFailure},
};

impl WorkshopOrders {
    /// Where an order's parts are; nowhere yet while the supplier has not got it.
    ///
    /// # Errors
    /// [`CapricornError::NotFound`], and what a call can come to.
    pub async fn tracking(&self, tenant: TenantId, id: OrderId) -> Result<Tracking, CapricornError> {
        let Some((account, external_id)) = self.sent(tenant, id).await? else { return Ok(Tracking::default()) };
        let said = self.deps.supplier.tracking(&account, &external_id).await;
        match self.deps.heed(&account, said).await {
            Err(SupplierError { failure: SupplierFailure::NotFound, .. }) => Ok(Tracking::default()),
            said => Ok(said?),
        }
    }

    /// An order's invoice.
    ///
    /// # Errors
    /// [`CapricornError::NotFound`] while there is none, too; and what a call can come to.
    pub async fn invoice(&self, tenant: TenantId, id: OrderId) -> Result<Invoice, CapricornError> {
        let sent = self.sent(tenant, id).await?;
        let (account, external_id) = sent.ok_or(CapricornError::NotFound("invoice"))?;
        let said = self.deps.supplier.invoice(&account, &external_id).await;
        self.deps.heed(&account, said).await.map_err(no_invoice)
    }

    /// An order's invoice as a PDF.
    ///
    /// # Errors
    /// As [`invoice`](Self::invoice); [`CapricornError::NotFound`] also where there is none as a PDF.
    pub async fn invoice_pdf(&self, tenant: TenantId, id: OrderId) -> Result<Bytes, CapricornError> {
        let sent = self.sent(tenant, id).await?;
        let (account, external_id) = sent.ok_or(CapricornError::NotFound("invoice"))?;
        let said = self.deps.supplier.invoice_pdf(&account, &external_id).await;
        self.deps.heed(&account, said).await.map_err(no_invoice)
    }

    /// The supplier's number of an order, and whom to ask as; `None` while it has not got it.
    async fn sent(&self, tenant: TenantId, id: OrderId) -> Result<Option<(Account, String)>, CapricornError> {
        let Some(external_id) = self.deps.get(tenant, id).await?.external_id else { return Ok(None) };
        Ok(Some((self.deps.account(tenant).await?, external_id)))
    }
}

fn no_invoice(error: SupplierError) -> CapricornError {
    match error.failure {
        SupplierFailure::NotFound => CapricornError::NotFound("invoice"),
        SupplierFailure::Rejected { status: 406, .. } => CapricornError::NotFound("invoice as a PDF"),
        failure => failure.into(),
    }
}
