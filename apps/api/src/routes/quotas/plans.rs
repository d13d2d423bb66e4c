use kernel::input::Word as _;
use serde::Serialize;
use tenancy::domain::Plan;
use utoipa::ToSchema;

use crate::http::{Answer, Problem, Require, access::admin};

/// What a plan allows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Plan)]
pub struct PlanDto {
    #[schema(example = "PROFESSIONAL")]
    plan: &'static str,
    /// People who may be active or invited at a time; null for any number.
    #[schema(required = true, example = 5)]
    seats: Option<u64>,
    /// Requests of a workshop's people in a day of UTC; null for any number.
    #[schema(required = true, example = 10_000)]
    api_calls_per_day: Option<u64>,
}

/// All plans.
#[derive(Serialize, ToSchema)]
pub struct PlanList {
    plans: Vec<PlanDto>,
}

/// List plans and their limits
#[utoipa::path(
    get, path = "/admin/plans", operation_id = "listPlans", tag = "Usage",
    responses((status = 200, description = "All plans, the smallest first", body = PlanList))
)]
pub async fn handle(_: Require<admin::TenantsRead>) -> Result<Answer, Problem> {
    let plan = |plan: &Plan| {
        let limits = plan.limits();
        PlanDto { plan: plan.as_str(), seats: limits.seats, api_calls_per_day: limits.api_calls_per_day }
    };
    Answer::ok(&PlanList { plans: Plan::ALL.iter().map(plan).collect() })
}
