import { Router, type Request, type Response } from 'express';
import { needs } from './gate.js';
import type { SandboxState } from './state.js';

const information = needs('store_v2_information');

/** GET /v2/store. */
export function storeRoutes(state: SandboxState): Router {
  const router = Router({ mergeParams: true });
  router.get('/store', information, (_request, response) => {
    response.json({
      id: state.storeHash,
      store_id: 1025646,
      account_uuid: '00000000-0000-4000-8000-000000000001',
      name: 'Demo Garden',
      domain: 'demo-garden.example',
      secure_url: 'https://demo-garden.example',
      control_panel_base_url: `https://store-${state.storeHash}.mybigcommerce.com`,
      status: 'live',
      first_name: 'Mara',
      last_name: 'Owner',
      address: '',
      country: 'United States',
      country_code: 'US',
      phone: '',
      admin_email: 'owner@example.com',
      order_email: 'orders@example.com',
      favicon_url: '',
      timezone: {
        name: 'America/Chicago',
        raw_offset: -21600,
        dst_offset: -18000,
        dst_correction: true,
        date_format: { display: 'M jS Y', export: 'M jS Y', extended_display: 'M jS Y @ g:i A' },
      },
      language: 'en',
      currency: 'USD',
      currency_symbol: '$',
      decimal_separator: '.',
      thousands_separator: ',',
      decimal_places: 2,
      currency_symbol_location: 'left',
      weight_units: 'Ounces',
      dimension_units: 'Inches',
      dimension_decimal_places: 2,
      dimension_decimal_token: '.',
      dimension_thousands_token: ',',
      plan_name: 'Standard',
      plan_level: 'Standard',
      plan_is_trial: false,
      industry: '',
      logo: {},
      is_price_entered_with_tax: false,
      active_comparison_modules: [],
      features: { stencil_enabled: true, multi_storefront_enabled: false },
      default_channel_id: 1,
      default_site_id: 1000,
    });
  });
  return router;
}

/** GET /v3/settings/inventory: null for what a channel leaves to the store. */
export function settingsRoutes(state: SandboxState): Router {
  const router = Router({ mergeParams: true });
  router.get('/settings/inventory', information, (request: Request, response: Response) => {
    const channel = request.query['channel_id'];
    const { updateStockBehavior, channelStockBehavior } = state.settings;
    const behavior = channel === undefined ? updateStockBehavior : channelStockBehavior[Number(channel)];
    const of = <Value>(value: Value) => (channel === undefined ? value : null);
    response.json({
      data: {
        product_out_of_stock_behavior: of('do_nothing'),
        option_out_of_stock_behavior: of('do_nothing'),
        update_stock_behavior: behavior ?? null,
        edit_order_stock_adjustment: of(true),
        refund_order_stock_adjustment: of(false),
        stock_level_display: of('dont_show'),
        default_out_of_stock_message: of('Currently out of stock'),
        hide_in_product_filtering: of(false),
        show_pre_order_stock_levels: of(false),
        show_out_of_stock_message: of(true),
      },
      meta: {},
    });
  });
  return router;
}
